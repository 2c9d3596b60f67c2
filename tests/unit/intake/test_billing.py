"""Billing extracts: what was billed becomes sessions; every line is used, or set aside and said."""

import csv
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.intake.billing import CANNOT_SHOW, looks_like_billing, read_billing
from analysis.study.problems import StudyError

HEAD = "ClientID,DOS,CPT,Units,Provider,POS"
GONE = "services that were voided, with their voids"
LOOSE = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read(folder, text, head=HEAD, **detail):
    (folder / "billing.csv").write_text(f"{head}\n{text}", encoding="utf-8")
    return read_billing(folder / "billing.csv", {k.replace("_", " "): v for k, v in detail.items()})


def aside(table):
    return {one.reason.split(" (")[0]: one.number for one in table.counts.set_aside}


def test_the_ordinary_program_gives_the_counts_of_a_careful_hand(shared_data):
    detail = {"minutes 90853": "60", "minutes H0015": "180", "minutes S9480": "180"}
    table = read_billing(shared_data / "monday" / "billing_extract.csv", detail)
    assert table.sessions["format"].value_counts().to_dict() == {
        "individual": 1808, "group": 663, "medication": 137,
    }  # fmt: skip
    assert len(table.attendance) == 5039
    joined = table.attendance.merge(table.sessions[["session", "format"]], on="session")
    assert joined.loc[joined["format"] == "group", "minutes"].sum() == 545_040
    assert table.counts.found == 7231
    assert list(aside(table).values()) == [281, 40, 20]
    assert table.sessions["present"].isna().all() and table.sessions["expected"].isna().all()
    assert set(table.attendance["status"]) == {"attended"}
    assert "Leader" not in repr(table) and "01000" not in repr(table)


def test_several_lines_of_a_group_are_one_session_and_units_add_up(tmp_path):
    text = "1,01/13/2025,90853,1,A,11\n1,01/13/2025,90853,2,A,11\n2,01/13/2025,90853,1,A,11\n"
    table = read(tmp_path, text, minutes_90853="60")
    assert len(table.sessions) == 1 and table.sessions["unit"].item() == "session"
    assert list(table.attendance["minutes"]) == [180, 60]
    blocks = read(tmp_path, text, minutes_90853="60", unit="billing_block")
    assert list(blocks.sessions["block"]) == [1, 2, 3]
    assert set(blocks.sessions["unit"]) == {"billing_block"}
    assert list(blocks.attendance["person"]) == ["1", "2", "1", "1"]
    assert set(blocks.attendance["minutes"]) == {60}


def test_codes_without_a_time_have_no_minutes_and_timed_ones_their_own(tmp_path):
    text = "".join(f"1,01/13/2025,{code},1,{code},11\n" for code in (
        "90853", "90832", "90834", "90837", "99213", "99214", "H0015", "S9480", "G0410", "90791"
    ))  # fmt: skip
    table = read(tmp_path, text)
    rows = table.attendance.merge(table.sessions, on="session", suffixes=("", "_session"))
    assert dict(zip(rows["provider"], rows["minutes"].fillna(-1), strict=True)) == {
        "90853": -1, "90832": 30, "90834": 45, "90837": 60, "99213": -1, "99214": -1, "G0410": 45,
    }  # fmt: skip
    assert aside(table) == {
        "evaluations and additions to other lines: no session": 1,
        "a day's rate beside lines of the group sessions of that day": 2,
    }


def test_a_days_rate_is_a_day(tmp_path):
    table = read(tmp_path, "1,01/13/2025,H0015,1,A,11\n2,01/13/2025,90853,1,B,11\n")
    assert list(table.sessions["unit"]) == ["day", "session"]
    text = "1,01/13/2025,90853,1,A,11\n1,01/13/2025,90853,1,B,11\n2,01/13/2025,90853,1,B,11\n"
    whole = read(tmp_path, text, unit="day")
    assert set(whole.sessions["unit"]) == {"day"}
    assert whole.attendance["person"].is_unique and list(whole.attendance["units"]) == [2, 1]


@pytest.mark.parametrize(
    ("lines", "people", "reasons"),
    [
        ("1,{d},90837,1,A,11\n1,{d},90837,-1,A,11\n", 0, {GONE: 2}),
        (
            "1,{d},90837,1,A,11\n1,{d},90837,-1,A,11\n1,{d},90837,1,A,11\n",
            1,
            {"voids of some units of a service that stands": 1},
        ),
        ("1,{d},90837,1,A,11\n1,{d},90837,-1,,11\n", 0, {GONE: 2}),
        ("1,{d},90837,(1),A,11\n", 0, {"voids without the line that they take back": 1}),
        ("1,{d},90837,0,A,11\n", 0, {"lines of no unit": 1}),
        (
            ",{d},90837,1,A,11\n1,,90837,1,A,11\n,,,12,,\n",
            0,
            {"lines without a client, a date or a code": 3},
        ),
        ("1,{d},12345,1,A,11\n", 0, {"codes that are not known": 1}),
    ],
)  # fmt: skip
def test_voids_and_empty_lines(tmp_path, lines, people, reasons):
    other = "9,01/14/2025,90834,1,Z,11\n"
    table = read(tmp_path, lines.format(d="01/13/2025") + other)
    assert (table.attendance["person"] == "1").sum() == people
    assert aside(table) == reasons


def test_corrected_claims_and_frequency_codes(tmp_path):
    head = "Patient ID,Service Date,HCPCS,Units,Rendering,Freq"
    text = (
        "1,2025-01-13,90853,3,A,1\n1,2025-01-13,90853,3,A,8\n1,2025-01-13,90853,2,A,7\n"
        "2,2025-01-13,90853,1,A,1\n2,2025-01-13,90853,1,A,8\n3,2025-01-13,90853,1,A,1\n"
    )
    table = read(tmp_path, text, head)
    assert dict(zip(table.attendance["person"], table.attendance["units"], strict=True)) == {
        "1": 2, "3": 1,
    }  # fmt: skip
    assert aside(table)["lines that a corrected claim replaces"] == 2


@pytest.mark.parametrize(
    ("heading", "statuses", "people"),
    [
        ("Claim Status", ["Paid", "Voided", "Denied", "Replaced"], ["1", "3"]),
        ("Void?", ["N", "Y", "", "Yes"], ["1", "3"]),
        ("Txn Type", ["Charge", "Charge", "Charge", "VOID"], ["1", "2", "3"]),
        ("Action", ["Original", "Reversed", "Replacement", "Superseded"], ["1", "3"]),
    ],
)
def test_what_the_extract_itself_calls_voided_does_not_stand(tmp_path, heading, statuses, people):
    text = "".join(f"{n},01/13/2025,90837,1,A,11,{one}\n" for n, one in enumerate(statuses, 1))
    table = read(tmp_path, text, f"{HEAD},{heading}")
    assert list(table.attendance["person"]) == people
    again = read(tmp_path, f"{text}2,01/13/2025,90837,1,A,11,{statuses[0]}\n", f"{HEAD},{heading}")
    assert "2" in set(again.attendance["person"])  # billed again after the void


def test_professional_and_facility_lines_are_one_service(tmp_path):
    head = "Member,From Date,Procedure Code,Rev Code,Type of Bill,Condition Codes,Qty,Therapist,POS"
    text = (
        "1,20250113,90853,,,,1,A,11\n1,20250113,90853,0915,0131,92,1,,\n"
        "2,20250113,90853,0915,0131,92 41,1,,\n2,20250114,,0905,0131,92,1,,\n"
    )
    table = read(tmp_path, text, head)
    assert aside(table) == {"a facility's line of a service that a professional billed too": 1}
    assert list(table.sessions["provider"].fillna("")) == ["", "", "A"]
    assert list(table.sessions["level"]) == ["iop", "iop", ""]
    assert list(table.sessions["unit"]) == ["session", "day", "session"]
    assert len(read(tmp_path, text, head, level="iop").sessions) == 2


def test_clients_online_belong_to_the_session_of_their_provider(tmp_path):
    day = "01/13/2025,90853,1"
    text = f"1,{day},A,11\n2,{day},A,02\n3,{day},A,10\n4,{day},B,02\n"
    table = read(tmp_path, text)
    assert list(table.sessions["mode"]) == ["hybrid", "online"]
    assert list(table.attendance["mode"]) == ["in_person", "online", "online", "online"]
    apart = read(tmp_path, text + f"5,{day},A,22\n")
    assert len(apart.sessions) == 4 and "sessions of their own" in apart.notes[-1]
    named = read(tmp_path, text.replace(",11\n", ",11\n9,01/13/2025,H0004,1,C,11\n"))
    assert set(named.sessions["format"]) == {"group", "individual"}


def test_counselling_with_the_modifier_of_a_group_is_a_group(tmp_path):
    head = HEAD + ",Mod1"
    table = read(tmp_path, "1,01/13/2025,H0004,4,A,11,HQ\n2,01/13/2025,H0004,4,B,11,95\n", head)
    assert list(table.sessions["format"]) == ["group", "individual"]
    assert list(table.sessions["mode"]) == ["in_person", "online"]
    assert list(table.attendance["minutes"]) == [60, 60]


def test_the_map_says_what_a_code_is(tmp_path):
    text = "1,01/13/2025,T1006,1,A,11\n1,01/13/2025,90791,1,B,11\n1,01/14/2025,X9999,1,B,11\n"
    table = read(tmp_path, text, T1006="group", **{"90791": "other", "X9999": "group_day"})
    assert list(table.sessions["format"]) == ["group", "group", "other"]
    assert list(table.sessions["unit"]) == ["session", "day", "session"]


def test_the_same_line_of_a_claim_twice_counts_once(tmp_path):
    line = "1,01/13/2025,90853,1,A,11,C7,1\n"
    table = read(tmp_path, line + line, HEAD + ",Claim No,Line No", minutes_90853="60")
    assert list(table.attendance["minutes"]) == [60]
    assert aside(table) == {"the same line of a claim twice": 1}


@pytest.mark.parametrize(
    ("text", "detail", "words"),
    [
        ("1,01/02/2025,90853,1,A,11\n", {}, "day or the month comes first"),
        ("1,13/13/2025,90853,1,A,11\n", {"order": "month first"}, "a date of service"),
        ("SECRET,01/13/2025,90853,one,A,11\n", {}, "a number"),
        ("1,01/13/2025,99999,1,A,11\n", {}, "lines of services that are known"),
        ("1,01/13/2025,90853,1,A,11\n", {"person": "Patient"}, "no such column"),
        ("1,01/13/2025,90853,1,A,11\n", {"unit": "hour"}, "session or billing_block or day"),
        ("1,01/13/2025,90853,1,A,11\n", {"90853": "therapy"}, "another word"),
    ],
)
def test_what_cannot_be_told_is_asked_for(tmp_path, text, detail, words):
    with pytest.raises(StudyError, match=words) as caught:
        read(tmp_path, text, **detail)
    assert "SECRET" not in str(caught.value)


def test_columns_that_nobody_can_tell_are_listed_together(tmp_path):
    with pytest.raises(StudyError) as caught:
        read(tmp_path, "1,2,3\n", "a,b,c")
    assert [one.column for one in caught.value.problems] == ["person", "date", "code"]


@st.composite
def ledgers(draw):
    """Billed services (client, day, code, provider) and the lines that an office makes of them."""
    service = st.tuples(
        st.sampled_from(["001", "002", "003"]),
        st.integers(0, 40).map(lambda n: dt.date(2025, 1, 13) + dt.timedelta(n)),
        st.sampled_from(["90853", "H0015", "90834", "90837", "99214"]),
        st.sampled_from(["A", "B"]),
    )
    truth = draw(st.dictionaries(service, st.integers(1, 3), min_size=1, max_size=12))
    lines = []
    for one, units in truth.items():
        lines += [(one, 1)] * units if draw(st.booleans()) else [(one, units)]
        if draw(st.booleans()):  # a mistake and its void
            lines += [(one, 2), (one, -2)]
    for one in draw(st.lists(service, max_size=3)):
        if one not in truth:
            lines += [(one, 1), (one, -1)]
    return truth, draw(st.permutations(lines)), draw(st.sampled_from(",;\t|"))


@LOOSE
@given(ledger=ledgers())
def test_whatever_an_office_does_the_services_that_stand_are_found(tmp_path, ledger):
    truth, lines, separator = ledger
    with (tmp_path / "b.csv").open("w", encoding="utf-16", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(["MRN", "Date of Service", "Proc", "Qty", "Clinician"])
        for (person, day, code, provider), units in lines:
            writer.writerow([person, f"{day:%d.%m.%Y}", code, units, provider])
    table = read_billing(tmp_path / "b.csv", {"order": "day first"})
    bundled = {(p, d) for p, d, code, _ in truth if code == "90853"}
    stands = {
        key: units for key, units in truth.items() if not (key[2] == "H0015" and key[:2] in bundled)
    }
    expected = {}
    for (person, day, code, provider), units in stands.items():
        kind = {"9083": "individual", "9921": "medication"}.get(code[:4], "group")
        key = (kind, person, day, provider)
        expected[key] = expected.get(key, 0) + units
    rows = table.attendance.merge(table.sessions[["session", "format", "date", "provider"]])
    found = {
        (one.format, one.person, one.date.date(), one.provider): one.units
        for one in rows.itertuples()
    }
    assert found == expected
    assert table.counts.found == len(lines)


def test_an_extract_is_recognised_by_headings_and_codes():
    names = ["ClientID", "DOS", "CPT", "Units"]
    assert looks_like_billing(names, {"CPT": ["90853", "H0015"]})
    assert not looks_like_billing(names, {"CPT": ["blue", "red"]})
    assert not looks_like_billing(["record_id", "phq9_1"], {})
    assert any("how large a group was" in one for one in CANNOT_SHOW)


@pytest.mark.slow
def test_a_million_lines_take_little_processor_time(tmp_path):
    import time

    import numpy as np
    import pandas as pd

    draw, n = np.random.default_rng(1), 1_000_000
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(draw.integers(0, 900, n), "D")
    pd.DataFrame(
        {
            "ClientID": draw.integers(10_000, 30_000, n),
            "DOS": days.strftime("%m/%d/%Y"),
            "CPT": draw.choice(["90853", "H0015", "90837", "99214"], n),
            "Units": draw.choice([1, 1, 1, -1], n),
            "Provider": draw.integers(0, 60, n),
            "POS": draw.choice(["11", "02"], n),
        }
    ).to_csv(tmp_path / "b.csv", index=False)
    start = time.process_time()
    table = read_billing(tmp_path / "b.csv", {})
    assert table.counts.found == n
    assert time.process_time() - start < 20
