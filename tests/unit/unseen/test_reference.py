from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.unseen import (
    Plan,
    ReferenceBasedError,
    compare_reference_based,
    compare_shifted,
    impute_contrast,
)


def test_jump_to_reference_equals_mice(trial, format_contrast, symptom, reference):
    """One endpoint: relabel the unseen as reference arm and impute (R mice, norm)."""
    frame = trial.dropna(subset=["baseline"])
    made = impute_contrast(frame, format_contrast, plan=Plan(seed=6, pilot=80, most=80))
    found = compare_reference_based(
        made,
        format_contrast,
        symptom,
        waves=["outcome"],
        rule="jump_to_reference",
        claim="superiority",
    )
    case = reference["imputed"]["jump_to_reference"]
    error = np.hypot(case["mcse"], found.se * found.diagnostics[3].value)
    assert -found.value == pytest.approx(case["estimate"], abs=4 * error)
    assert found.se == pytest.approx(case["se"], rel=0.04)


@pytest.fixture(scope="module")
def two_waves(nested_contrast):
    """Group better by 2 at mid and by 4 at the end; half of the group arm leaves after mid."""
    rng = np.random.default_rng(12)
    n = 1500
    arm = np.repeat(["group", "individual"], n)
    group = arm == "group"
    baseline = rng.normal(15, 4, 2 * n)
    mid = 0.6 * baseline - 2 * group + rng.normal(0, 2, 2 * n)
    outcome = 0.3 * baseline + 0.5 * (mid + 2 * group) - 4 * group + rng.normal(0, 2, 2 * n)
    outcome[group & (rng.random(2 * n) < 0.5)] = np.nan
    frame = pd.DataFrame({"arm": arm, "baseline": baseline, "mid": mid, "outcome": outcome})
    frame["episode_id"] = range(2 * n)
    frame["cluster"] = np.where(group, [f"g{k // 10}" for k in range(2 * n)], None)
    return impute_contrast(
        frame, nested_contrast, auxiliary=["mid"], plan=Plan(seed=3, pilot=10, most=10)
    )


@pytest.mark.parametrize(("rule", "true"), [("jump_to_reference", 2.0), ("copy_increments", 3.0)])
def test_two_waves_by_hand(two_waves, nested_contrast, symptom, rule, true):
    """Half seen at 4. Jump: the rest at 0. Copy increments: the rest keep the 2 of mid."""
    found = compare_reference_based(
        two_waves,
        nested_contrast,
        symptom,
        waves=["mid", "outcome"],
        rule=rule,
        claim="superiority",
    )
    assert found.id == f"format.depression.day42.{rule}"
    assert found.value == pytest.approx(true, abs=4 * found.se)
    assert found.se < 0.15
    random = compare_shifted(two_waves, nested_contrast, symptom, comparison=0, reference=0)
    assert random.value == pytest.approx(4.0, abs=4 * random.se)


@pytest.mark.parametrize("claim", ["non_inferiority", "equivalence", ""])
def test_other_claims_are_refused(two_waves, nested_contrast, symptom, claim):
    with pytest.raises(ReferenceBasedError):
        compare_reference_based(
            two_waves,
            nested_contrast,
            symptom,
            waves=["outcome"],
            rule="jump_to_reference",
            claim=claim,
        )


def test_redrawing_is_reproducible(two_waves, nested_contrast, symptom):
    few = replace(two_waves, filled=two_waves.filled[:3])
    each = [
        compare_reference_based(
            few,
            nested_contrast,
            symptom,
            waves=["mid", "outcome"],
            rule="copy_increments",
            claim="superiority",
        ).value
        for _ in range(2)
    ]
    assert each[0] == each[1]
