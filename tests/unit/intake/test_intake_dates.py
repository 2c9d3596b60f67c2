"""Dates and times as programs write them."""

import pandas as pd
import pytest

from analysis.intake.dates import has_order, looks_like_dates, orders, to_dates, to_minutes


def column(*texts):
    return pd.Series(texts, dtype="string")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-05-12", "MD"),
        ("2026-05-12 09:30", "DM"),
        ("2026-05-12T09:30:00Z", "DM"),
        ("2026/5/12", "DM"),
        ("05/12/2026", "MD"),
        ("12/05/2026", "DM"),
        ("12.5.26", "DM"),
        ("5/12/26 9:30 AM", "MD"),
        ("12 May 2026", "MD"),
        ("12-May-26", "MD"),
        ("May 12, 2026", "DM"),
        ("Tue, 12 May 2026", "DM"),
        ("20260512", "DM"),
        ("46154", "DM"),
    ],
)
def test_a_date_is_read_in_every_form(text, order):
    dates, wrong = to_dates(column(text), order)
    assert dates[0] == pd.Timestamp("2026-05-12")
    assert wrong.empty


def test_what_is_no_date_is_said_by_its_row():
    dates, wrong = to_dates(column("2026-02-30", None, "soon", "13/13/2026"), "DM")
    assert dates.isna().all()
    assert list(wrong) == [0, 2, 3]


def test_the_order_is_a_fact_of_the_whole_file():
    assert orders([column("01/02/2026", "03/04/2026")]) == {"DM", "MD"}
    assert orders([column("01/02/2026"), column("31/01/2026")]) == {"DM"}
    assert orders([column("01/02/2026", "01/31/2026")]) == {"MD"}
    assert orders([column("31/01/2026", "01/31/2026")]) == set()
    assert orders([column("31.1.26")]) == {"DM"}


def test_where_no_day_differs_from_its_month_there_is_no_order_to_ask_for():
    assert not has_order(column("05/05/2026", "2026-03-04"))
    assert has_order(column("05/06/2026"))


def test_numbers_are_not_taken_for_dates_by_their_look():
    assert not looks_like_dates(column("12", "46154"))
    assert not looks_like_dates(column("46154", "46155"))
    assert looks_like_dates(column("2026-01-02", None, "3 Mar 2025"))


def test_times_of_day_become_minutes():
    minutes, wrong = to_minutes(
        column("09:30", "9:30 PM", "12:05 am", "2026-05-12 18:00:00", "25:00")
    )
    assert list(minutes[:4]) == [570, 1290, 5, 1080]
    assert list(wrong) == [4]
