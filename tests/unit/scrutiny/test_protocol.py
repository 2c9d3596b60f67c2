"""Who received what was planned, by hand; and the comparison of those who did."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.measures.conftest import make_table
from tests.unit.scrutiny.test_robustness import table_of

from analysis.comparison.question import Contrast
from analysis.scrutiny.assay import arm_changes
from analysis.scrutiny.protocol import ProtocolUnknownError, per_protocol

RULE = {"share": 0.67, "days": 21}
CONFIG = {
    "arms": {"group": {"format": "group"}, "individual": {"format": "individual"}},
    "outcome": {"day": 42},
}
CONTRAST = Contrast("format", "group", "individual", {}, "observational")
SPECIFICATION = {
    "name": "per protocol",
    "model": "weighted",
    "exclusions": "not_per_protocol",
    "valid_for_estimand": False,
    "note": "another estimand",
}


def episode(name, arm="group", discharge=40):
    return {
        **{"episode_id": name, "person_id": name, "arm": arm, "start_study_day": 0},
        **{"discharge_day": discharge, "observed_until_day": 90},
    }


@pytest.fixture
def tables():
    """Return five clients of nine sessions: group, and individual ones for i."""
    episodes = [episode(one) for one in ("kept", "missed", "left", "switched")]
    episodes[2]["discharge_day"] = 14
    episodes.append(episode("i", "individual"))
    sessions = [
        {"session_id": f"s{n}", "format": "group", "study_day": n, "status": "held", "minutes": 90}
        for n in range(9)
    ]
    single = {"format": "individual"}
    sessions += [one | single | {"session_id": f"i{n}"} for n, one in enumerate(sessions)]
    came = {"kept": 7, "missed": 5, "left": 9, "switched": 9, "i": 7}
    attendance = [
        {
            "session_id": f"{'i' if who == 'i' else 's'}{n}",
            "episode_id": who,
            "status": "attended" if n < times else "no_show",
        }
        for who, times in came.items()
        for n in range(9)
    ]
    for one in sessions:
        one["unit"] = "session"
    events = [
        {"episode_id": "switched", "day": 20, "type": "format_switch"},
        {"episode_id": "kept", "day": 50, "type": "format_switch"},
    ]
    rows = {"episodes": episodes, "sessions": sessions, "attendance": attendance, "events": events}
    return {name: make_table(name, some) for name, some in rows.items()}


def test_share_stay_and_switch_each_break_the_protocol(tables):
    found = per_protocol(tables, CONFIG, CONTRAST, RULE)
    assert found.to_dict() == {
        **{"kept": True, "missed": False, "left": False, "switched": False, "i": True}
    }


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: {k: v for k, v in t.items() if k != "attendance"}, "attendance were not"),
        (lambda t: t | {"attendance": t["attendance"].query("episode_id != 'i'")}, "individual"),
    ],
)
def test_what_was_not_recorded_is_named(tables, change, reason):
    with pytest.raises(ProtocolUnknownError, match=reason):
        per_protocol(change(tables), CONFIG, CONTRAST, RULE)


def test_an_arm_of_no_single_format_has_no_protocol(tables):
    arms = {"group": {"format": "both"}, "individual": {"format": "individual"}}
    with pytest.raises(ProtocolUnknownError, match="no single primary format"):
        per_protocol(tables, {**CONFIG, "arms": arms}, CONTRAST, RULE)


def test_those_who_kept_to_the_plan_are_compared_as_a_specification(comparison_of, study):
    """The healthier keep to it in one arm: balanced among those who did, no effect is found."""
    draw = np.random.default_rng(3)
    healthy = study["baseline"].rank(pct=True) < 0.7
    kept = np.where(study["arm"].eq("group"), healthy | (draw.random(600) < 0.3), True)
    received = pd.Series(kept, index=study["episode_id"])
    declared = [{"name": "as planned", "model": "weighted", "valid_for_estimand": True}]
    table, _ = table_of(comparison_of(study), [*declared, SPECIFICATION], received=lambda: received)
    first, second = table.to_dict("records")
    assert second["status"] == "ok" and second["n_used"] == kept.sum() < first["n_used"]
    assert second["ci95_low"] < 0 < second["ci95_high"]


def test_without_a_protocol_the_specification_is_withheld_with_its_reason(comparison_of, study):
    table, _ = table_of(comparison_of(study), [SPECIFICATION])
    assert table.loc[0, "status"] == "withheld"
    assert table.loc[0, "message"] == "sessions and attendance were not recorded"


def test_too_few_who_kept_to_it_withhold_the_estimate(comparison_of, study):
    received = pd.Series(np.arange(600) < 12, index=study["episode_id"])
    table, _ = table_of(comparison_of(study), [SPECIFICATION], received=lambda: received)
    assert table.loc[0, "status"] == "withheld" and table.loc[0, "value"] is None


def test_change_in_an_arm_counts_its_groups(comparison_of, study):
    """Two groups of which all members change alike are worth two observations."""
    frame = study.iloc[:8].assign(
        arm=["group"] * 4 + ["individual"] * 4, cluster=["a", "a", "b", "b", None, None, None, None]
    )
    frame = frame.assign(baseline=10.0, outcome=[8.0, 8.0, 6.0, 6.0, 9.0, 8.0, 7.0, 6.0])
    group, single = arm_changes(comparison_of(frame)).to_dict("records")
    assert (group["value"], group["clusters"], group["df"]) == (3.0, 2, 1.0)
    assert group["se"] == pytest.approx(np.std([2, 4], ddof=1) / np.sqrt(2))
    assert single["value"] == 2.5 and single["clusters"] == 4
    assert single["se"] == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2)
    assert single["detected"] and not group["detected"]
