"""Staying in treatment in a simulated program: the planted completion is found; nothing breaks."""

import pandas as pd
import pytest

from analysis.claims.templates import read_claims
from analysis.retention import estimate_retention


@pytest.fixture(scope="module")
def asked(root):
    claim = read_claims(root / "config" / "claims.yaml")["claims"]["retention"]
    return {"retention": {name: one["measure_of_stay"] for name, one in claim["parts"].items()}}


def test_the_planted_completion_is_found(program, asked, answers):
    effects, curves = estimate_retention(program.tables, program.config, asked)
    found = {one.id: one for one in effects}
    assert set(found) == {f"program.retention.{one}" for one in ("completion", "uptake", "leaving")}
    assert {one.status for one in effects} == {"ok"}
    completion = found["program.retention.completion"]
    assert abs(completion.value - answers["retention", "completion"]) < 3 * completion.se
    assert found["program.retention.leaving"].unit == "log hazard ratio"
    ends = curves.groupby(["arm", "event"])["share"].last().groupby("arm").sum()
    assert ends.to_numpy() == pytest.approx([1.0, 1.0])


def test_without_a_contrast_of_formats_it_is_withheld(program, asked):
    config = {**program.config, "contrasts": {}}
    effects, curves = estimate_retention(program.tables, config, asked)
    assert {one.status for one in effects} == {"withheld"}
    assert "no contrast" in effects[0].message
    assert set(curves["arm"]) == set(program.config["arms"])


def test_without_discharge_there_are_no_curves(program, asked):
    episodes = program.tables["episodes"].copy()
    nothing = pd.Series(pd.NA, index=episodes.index)
    episodes = episodes.assign(
        discharge_day=nothing.astype("Int64"), discharge_reason=nothing.astype("string")
    )
    effects, curves = estimate_retention(
        {**program.tables, "episodes": episodes}, program.config, asked
    )
    found = {one.id.rpartition(".")[2]: one for one in effects}
    assert found["completion"].status == found["leaving"].status == "withheld"
    assert curves.empty and list(curves)[:3] == ["arm", "event", "day"]
