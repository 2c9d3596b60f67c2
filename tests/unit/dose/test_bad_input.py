"""Studies that cannot say how outcomes go with hours: a stated reason, never a crash."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.plan_limits import dose_tables

from analysis.dose import TABLES


def tables_of(study, **changes):
    given = {
        **{"comparison": study.comparison, "outcomes": study.outcomes},
        **{"episodes": study.episodes, "weeks": study.weeks, "repeated": study.repeated},
    } | changes
    return dose_tables(**given)


def only(study, some):
    once = study.comparison.once
    return {"comparison": replace(study.comparison, once=once[some(once)])}


def one_dose(weeks):
    group = weeks["arm"].eq("group").astype(float)
    return weeks.assign(group_hours=7 * group + 1, individual_hours=1 - group)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: {"weeks": pd.DataFrame()}, "the study has no sessions with attendance"),
        (lambda s: {"weeks": s.weeks[s.weeks["arm"].eq("group")]}, "hours of arm 'individual'"),
        (lambda s: only(s, lambda f: f.index < 60), "30 participants of an arm"),
        (lambda s: {"weeks": one_dose(s.weeks)}, "do not vary between clients of one arm"),
        (lambda s: {"repeated": s.repeated.iloc[:0]}, None),
    ],
)
def test_every_lack_has_its_reason(study, change, reason):
    found = tables_of(study, **change(study))
    assert {name: tuple(table.columns) for name, table in found.items()} == TABLES
    if reason is None:  # without scores after intake there is nothing to weigh by: naive = weighted
        values = found["dose"].groupby("term")["value"]
        assert (values.max() - values.min()).abs().max() < 0.05
        return
    assert set(found["dose"]["status"]) == {"withheld"}
    assert reason in found["dose"]["message"].iloc[0]
    assert found["dose"]["value"].isna().all() and found["dose_curve"].empty


def test_a_failed_check_withholds_every_number_and_is_shown(bench, worlds):
    found = tables_of(bench.draw(worlds["hours follow symptoms alone"], 0))
    assert "fail" in set(found["dose_checks"]["status"])
    assert found["dose"]["value"].isna().all() and found["dose_surface"].empty
    failed = found["dose_checks"].query("status == 'fail'")["text"]
    assert found["dose"]["message"].iloc[0] == " ".join(failed)
