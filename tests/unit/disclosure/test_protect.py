"""Public tables: every count is declared, sums are as declared, and nothing comes back."""

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure.audit import feasible, too_narrow
from analysis.disclosure.counted import cells_of, declared, exposed, is_implied
from analysis.disclosure.profile import PROFILES
from analysis.disclosure.protect import protected
from analysis.disclosure.suppress import as_read
from analysis.records.public_tables import public_tables

DEFAULT, UNROUNDED = PROFILES["default"], PROFILES["ukllc"]


def test_every_whole_number_of_every_public_table_is_declared():
    for table in public_tables().values():
        rules = declared().get(table.name, {"counts": {}})
        whole = {one["name"] for one in table.fields if one["type"] == "integer"}
        assert set(rules["counts"]) == whole, table.name
        numbers = {one["name"] for one in table.fields if one["type"] == "number"}
        assert set(rules.get("beside", {})) <= numbers, table.name
        assert set(rules.get("beside", {}).values()) <= whole, table.name
    assert set(declared()) <= set(public_tables())


def missingness(**bands):
    """One arm and wave: for each band the number with each reason, and `all` bands together."""
    rows = []
    whole = {one: sum(band.get(one, 0) for band in bands.values()) for one in ("seen", "refused")}
    for band, counts in {"all": whole, **bands}.items():
        of = sum(counts.values())
        rows += [("group", "week_1", 7, band, one, n, of, n / of) for one, n in counts.items()]
    columns = ["arm", "wave", "planned_day", "band", "reason", "n", "of", "share"]
    return pd.DataFrame(rows, columns=columns).assign(data_origin="real")


MISSING = missingness(lower={"seen": 44, "refused": 3}, upper={"seen": 31, "refused": 19})
FLOW = pd.DataFrame(
    [
        (1, "All", "start", "group", 70, 0, 70),
        (1, "All", "start", "individual", 49, 0, 49),
        (1, "All", "start", "total", 119, 0, 119),
        (2, "With a baseline", "exclusion", "group", 70, 3, 67),
        (2, "With a baseline", "exclusion", "individual", 49, 0, 49),
        (2, "With a baseline", "exclusion", "total", 119, 3, 116),
        (3, "Seen", "information", "group", 67, 0, 51),
        (3, "Seen", "information", "individual", 49, 0, 30),
        (3, "Seen", "information", "total", 116, 0, 81),
    ],
    columns=["step", "label", "kind", "arm", "before", "excluded", "after"],
)
EFFECTS = pd.DataFrame(
    {"n_used": [116, 60], "n_eligible": [119, 90], "clusters": [9, 4], "value": [1.2, np.nan]}
).assign(se=0.4, df=[20.0, 9.0])
TRAJECTORY = pd.DataFrame({"arm": ["a", "b"], "day": 42, "n": [31, 6], "mean": [12.345, 3.0]})
TRAJECTORY = TRAJECTORY.assign(sd=[4.321, 1.0], low=[11.0, 2.0], high=[13.0, 4.0])


def recovered(name, table, hidden, profile):
    """Small cells of a table that a reader of all the rest bounds more closely than allowed."""
    cells, sums = cells_of(name, table)
    widths = {
        one: profile.base if is_implied(one) and profile.base > 1 else profile.smallest
        for one, count in cells.items()
        if profile.hides(count)
    }
    largest = max(cells.values()) + profile.smallest
    return too_narrow(as_read(cells, sums, hidden, profile, largest), widths)


@pytest.mark.parametrize("profile", [DEFAULT, UNROUNDED], ids=str)
@pytest.mark.parametrize(("name", "table"), [("missingness", MISSING), ("flow", FLOW)])
def test_small_counts_of_a_table_come_back_without_the_stage_and_not_with_it(name, table, profile):
    cells, _ = cells_of(name, table)
    small = {one for one, count in cells.items() if profile.hides(count)}
    assert small and recovered(name, table, small, profile)
    shown, hidden = protected(name, table, profile)
    assert recovered(name, table, hidden, profile) == {}
    assert list(shown.columns) == list(table.columns) and len(shown) == len(table)


def test_three_of_a_hundred_and_nineteen_stand_nowhere():
    shown, hidden = protected("flow", FLOW, UNROUNDED)
    for column in ("before", "excluded", "after"):
        assert 3 not in shown[column].dropna().tolist()
    assert {"flow.excluded[3]", "flow.excluded[5]"} <= hidden
    left = (shown["before"] - shown["after"]).dropna().tolist()
    assert 3 not in left


def test_a_share_is_of_the_rounded_counts_and_goes_with_a_hidden_one():
    shown, _ = protected("missingness", MISSING, DEFAULT)
    known = shown.dropna(subset=["n", "of"])
    assert len(known) and known["share"].tolist() == (known["n"] / known["of"]).tolist()
    assert known[["n", "of"]].astype(int).mod(5).eq(0).all(axis=None)
    assert shown.loc[shown["n"].isna(), "share"].isna().all()


def test_estimates_keep_their_n_where_rounding_hides_who_was_left_out():
    shown, _ = protected("effects", EFFECTS, DEFAULT)
    assert shown["n_used"].tolist() == [115, 60] and shown["n_eligible"].tolist() == [120, 90]
    assert shown["clusters"].tolist() == [9, 4]
    strict, _ = protected("effects", EFFECTS, UNROUNDED)
    assert pd.isna(strict["n_used"][0]) or pd.isna(strict["n_eligible"][0])


def test_a_mean_goes_with_its_count_and_gives_no_exact_one():
    shown, hidden = protected("trajectories", TRAJECTORY, DEFAULT)
    assert hidden == {"trajectories.n[1]"}
    assert shown.loc[0, ["mean", "sd"]].tolist() == [12.3, 4.3]
    assert shown.loc[1, ["mean", "sd", "low", "high"]].isna().all()


def test_a_table_without_counts_of_persons_is_left_alone():
    table = pd.DataFrame({"from": [0.0], "to": [1.0], "sessions": [3], "inside_window": [2]})
    shown, hidden = protected("session_length", table, DEFAULT)
    assert hidden == frozenset() and shown.equals(table)
    assert exposed("session_length", table, DEFAULT) == []
    words = pd.DataFrame({"name": ["x"]})
    assert protected("diagnostics", words, DEFAULT)[0].equals(words)


def test_what_is_not_protected_is_counted():
    found = {one.column: one for one in exposed("missingness", MISSING, UNROUNDED)}
    assert (found["n"].small, found["n"].of, found["n"].returned) == (1, 6, 1)
    (one,) = exposed("trajectories", TRAJECTORY, UNROUNDED)
    assert (one.small, one.of, one.returned) == (1, 2, 0)


def test_a_sum_that_does_not_hold_is_an_error():
    wrong = FLOW.assign(after=[70, 49, 119, 66, 49, 116, 51, 30, 81])
    with pytest.raises(ValueError, match="is not the sum"):
        cells_of("flow", wrong)


def test_unknown_counts_stay_unknown_and_break_no_sum():
    table = EFFECTS.assign(n_used=pd.array([116, None], dtype="Int64"))
    shown, _ = protected("effects", table, DEFAULT)
    assert shown["n_used"].tolist()[0] == 115 and pd.isna(shown["n_used"][1])
    assert pd.isna(shown["value"][1])


def test_chains_of_steps_are_one_system():
    cells, sums = cells_of("flow", FLOW)
    known = as_read(cells, sums, {"flow.before[3]"}, UNROUNDED, 200)
    assert feasible(known, ["flow.before[3]"]) == {"flow.before[3]": (70, 70)}
