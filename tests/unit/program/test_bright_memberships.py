"""BRIGHT's sessions as shared groups: the whole program's fit against lme4's committed numbers."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import CLUSTERS, PROGRAM, WEIGHTING
from tests.plan_limits import regress

from analysis.cohort import restrict, select_cohort
from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.outcomes import outcome_table
from analysis.measures.scoring import score_assessments
from analysis.program import Program
from analysis.program.anatomy import memberships
from analysis.records.effect import Effect
from analysis.study.documents import read_yaml
from analysis.study.fetch import fetch_study
from analysis.study.reading import read_study


@pytest.fixture(scope="module")
def bright(root, shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bright")
    config = read_yaml(root / "config" / "studies" / "bright.yaml")
    registry = load_instruments(root / "config" / "instruments.yaml")
    fetch_study("bright", shared_data, folder / "data" / "raw" / "bright")
    whole = read_study(config, folder, ranges(registry))
    tables = restrict(whole, pd.Series(select_cohort(whole, config).episodes))
    scores = score_assessments(tables, registry)
    return Program(
        tables=tables,
        scores=scores,
        outcomes=outcome_table(tables, scores, config, registry),
        sessions=session_facts(whole),
        weeks=participant_weeks(tables),
        comparisons=[],
        config=config,
        registry=registry,
        thresholds=WEIGHTING,
        limits=PROGRAM,
        clusters=CLUSTERS,
    )


@pytest.fixture(scope="module")
def shares(bright):
    """Return each member's share of each session attended: a session stands for a group."""
    sessions = bright.sessions.assign(group_id=bright.sessions["session_id"])
    return memberships(replace(bright, sessions=sessions))


def test_shares_follow_attendance(shares):
    assert shares["cluster"].nunique() == 245
    assert np.allclose(shares.groupby("episode_id")["weight"].sum(), 1.0)
    assert (shares.groupby("episode_id")["weight"].nunique() == 1).all()


def test_members_who_sat_in_several_sessions_give_lme4s_numbers(root, bright, shares):
    cases = json.loads((root / "tests" / "reference" / "real.json").read_text(encoding="utf-8"))[
        "cases"
    ]
    expected = next(one for one in cases if one["dataset"] == "bright_sessions")
    primary = bright.primary()
    rows = pd.DataFrame(
        {
            "episode_id": primary.index,
            "cluster": primary.index,
            "y": primary["outcome"].astype(float),
            "y0": primary["baseline"].astype(float),
            "arm": primary["arm"].eq("group_cbt").astype(float),
        }
    )
    blank = Effect("x", "", "", "", "", "", "", "points", "real")
    found = {
        name: regress(rows, "y ~ arm + y0", {name: 1.0}, blank, membership=shares)
        for name in expected["beta"]
        if name != "(Intercept)"
    }
    for name, one in found.items():
        # The tolerances of the engine's own agreement with lme4 (docs/engine.md).
        assert one.value == pytest.approx(expected["beta"][name], abs=5e-5)
        assert one.se == pytest.approx(expected["se"][name], rel=3e-4)
    arm = found["arm"]
    assert (arm.n_used, arm.n_eligible) == (expected["n"], 299)
    # Sessions of one therapy group share members, so only four sets of sessions are apart.
    assert arm.clusters == 4
