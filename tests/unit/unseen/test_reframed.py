"""RefraMED (open data) through the ladder of assumptions, beside what its trial published.

Published at 7 months on HAM-D: 5.40 [0.94, 9.85] for radically open DBT (Lynch et al. 2020, doi
10.1192/bjp.2019.53). Not reproduced here: observed open data give 3.8, and neither imputation with
the monthly scores nor the repeated-measures model reaches 5.4. Sign and significance agree at 7
months, and there is no clear difference at 12 (the primary outcome) and 18, as published.
"""

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import MISSING, WEIGHTING
from tests.plan_limits import compare_remaining

from analysis.adjust.contrasts import Comparison
from analysis.comparison.nested import compare
from analysis.comparison.question import Contrast, Outcome
from analysis.unseen import (
    IncompleteOutcome,
    Plan,
    compare_reference_based,
    compare_shifted,
    impute_contrast,
    tipping_surface,
)
from analysis.unseen.ladder import climb, ladder_rows

PUBLISHED = 5.40
ANSWERS = (
    "seen",
    "imputed",
    "worse_in_comparison",
    "worse_in_reference",
    "worse_in_both",
    "remaining_weights",
    "participant_average",
    "cluster_average",
)
TREATMENT = Contrast(
    "treatment", "RO-DBT", "TAU", {"RO-DBT": "primary_therapist", "TAU": "none"}, "randomised"
)
COVARIATES = [
    {"column": "age_years", "type": "numeric"},
    {"column": "female", "type": "categorical"},
    {"column": "pd", "type": "categorical"},
]


@pytest.fixture(scope="module")
def wide(shared_data):
    raw = pd.read_csv(shared_data / "reframed" / "reframed.csv")
    raw["month"] = pd.to_numeric(raw["month"], errors="coerce")
    raw = raw.dropna(subset=["month"]).astype({"month": int})
    scores = raw.pivot(index="patient", columns="month", values=["phq9", "hamd"])
    scores.columns = [f"{name}_{month}" for name, month in scores.columns]
    people = raw.drop_duplicates("patient").set_index("patient")
    people = people[["grp", "therapist", "age_years", "female", "pd"]]
    frame = people.join(scores).rename(columns={"grp": "arm", "therapist": "cluster"})
    frame["cluster"] = frame["cluster"].astype(object).where(frame["cluster"].notna(), None)
    return frame.reset_index(names="episode_id")


def endpoint(wide, scale, month):
    """One outcome with its baseline, and earlier scores of both scales to impute it from."""
    frame = wide.assign(baseline=wide[f"{scale}_0"], outcome=wide[f"{scale}_{month}"])
    earlier = [f"phq9_{one}" for one in (1, 2, 4, 6) if one < month]
    earlier += ["hamd_7"] if month > 7 and scale == "hamd" else []
    earlier += ["phq9_0"] if scale == "hamd" else []
    name = "HAM-D" if scale == "hamd" else "PHQ-9"
    return frame, earlier, Outcome("depression", name, f"month {month}", month, "points", -1)


@pytest.fixture(scope="module")
def ladder(wide):
    def climb(scale, month):
        frame, earlier, outcome = endpoint(wide, scale, month)
        made = impute_contrast(
            frame,
            TREATMENT,
            covariates=COVARIATES,
            auxiliary=earlier,
            plan=Plan(seed=1, pilot=20, most=20, iterations=5),
        )
        return frame, earlier, outcome, made

    return climb


def test_hamd_at_seven_months(ladder):
    """Sign and significance agree with the publication, its size does not."""
    frame, earlier, outcome, made = ladder("hamd", 7)
    plain = frame.dropna(subset=["outcome"]).groupby("arm")["outcome"].mean()
    assert plain["TAU"] - plain["RO-DBT"] == pytest.approx(3.775, abs=0.001)
    seen = compare(frame, TREATMENT, outcome, covariates=COVARIATES)
    imputed = compare_shifted(made, TREATMENT, outcome, comparison=0, reference=0)
    weighted = compare_remaining(
        frame, TREATMENT, outcome, covariates=COVARIATES, history=earlier[:-1]
    )
    for found in (seen, imputed):
        assert found.ci95[0] > 0
        assert found.value < PUBLISHED - 1
    assert (seen.n_used, imputed.n_used, imputed.n_eligible) == (183, 250, 250)
    assert weighted.value == pytest.approx(seen.value, abs=1.5)
    assert weighted.se > seen.se
    jump = compare_reference_based(
        made,
        TREATMENT,
        outcome,
        waves=[*earlier[:-1], "outcome"],
        rule="jump_to_reference",
        claim="superiority",
    )
    assert 0 < jump.value < imputed.value


@pytest.mark.parametrize(("scale", "month"), [("hamd", 12), ("hamd", 18), ("phq9", 12)])
def test_later_months(ladder, scale, month):
    """No rung that leaves the unseen at random shows a difference on HAM-D after 7 months."""
    frame, _, outcome, made = ladder(scale, month)
    seen = compare(frame, TREATMENT, outcome, covariates=COVARIATES)
    imputed = compare_shifted(made, TREATMENT, outcome, comparison=0, reference=0)
    assert (seen.status, imputed.status) == ("ok", "ok")
    assert imputed.value == pytest.approx(seen.value, abs=1.5)
    if scale == "hamd":
        assert imputed.ci95[0] < 0 < imputed.ci95[1]


@pytest.mark.parametrize(
    ("scale", "month"), [("hamd", 7), ("hamd", 12), ("hamd", 18), ("phq9", 7), ("phq9", 12)]
)
def test_every_rung_of_the_ladder(ladder, scale, month):
    """Each assumption gives an answer on all 250, or on those seen; none gives the 5.40 published.

    Months are missing as a rule (HAM-D has four), therapists share clients in one arm only.
    """
    frame, earlier, outcome, made = ladder(scale, month)
    own = tuple(one for one in earlier if one.startswith(scale) and not one.endswith("_0"))
    comparison = Comparison(TREATMENT, outcome, frame, None, COVARIATES, "real", WEIGHTING)
    known = frame.assign(last=frame["baseline"])
    case = IncompleteOutcome(
        comparison, True, known, own, tuple(earlier), (), {}, superiority=True, limits=MISSING
    )
    seen = compare(frame, TREATMENT, outcome, covariates=COVARIATES)
    rungs = climb(case, made, {"ancova": seen}, worse=0.5)
    rows = pd.DataFrame(ladder_rows(case, rungs)).set_index("answer")
    assert set(rows.index) == {*ANSWERS, "jump_to_reference", "copy_increments"}
    shown = rows[rows["status"] == "ok"]
    assert {"seen", "imputed", "worse_in_comparison", "jump_to_reference"} <= set(shown.index)
    assert (rows.loc[rows["status"] != "ok", "message"].str.len() > 0).all()
    everybody = shown.loc[[one for one in shown.index if "imput" in shown.loc[one, "id"]]]
    assert (everybody["n_used"] == 250).all() and (shown["n_eligible"] == 250).all()
    assert shown.loc["worse_in_comparison", "value"] < shown.loc["imputed", "value"]
    assert abs(shown.loc["jump_to_reference", "value"]) < abs(shown.loc["imputed", "value"]) + 0.2
    likely = shown.drop(index=["worse_in_reference"])
    assert (likely["value"] < PUBLISHED - 0.5).all()


def test_tipping_at_seven_months(ladder):
    """The finding falls if the unseen of the treated arm did a few points worse; more if better."""
    _, _, outcome, made = ladder("hamd", 7)
    tipped = tipping_surface(
        made,
        TREATMENT,
        outcome,
        rule="difference",
        comparison=np.linspace(-4, 12, 5),
        reference=[0.0],
    )
    holds = tipped.surface.set_index("worse_comparison")["holds"]
    assert holds[0.0] and holds[-4.0]
    crossing = tipped.boundary["worse_comparison"].iloc[0]
    assert 0 < crossing < 12


def test_repeated_phq9(wide):
    """The repeated-measures model on the monthly PHQ-9: sign agrees at 7 months."""
    months = (1, 2, 3, 4, 5, 6, 7)
    long = wide.melt(
        ["episode_id", "arm", "cluster", "age_years", "female", "pd", "phq9_0"],
        [f"phq9_{month}" for month in months],
        var_name="month",
        value_name="outcome",
    ).rename(columns={"phq9_0": "baseline"})
    long["day"] = long["month"].str.removeprefix("phq9_").astype(int)
    outcome = Outcome("depression", "PHQ-9", "month 7", 7, "points", -1)
    found = compare(long, TREATMENT, outcome, covariates=COVARIATES, model="repeated")
    assert found.status == "ok" and found.value > 0
