import numpy as np
import pandas as pd
import pytest
from tests.plan_limits import compare_remaining, remaining_weights

from analysis.comparison.nested import compare
from analysis.records.errors import ConvergenceError


def study(seed=3, n=3000):
    """No difference; in the group arm those with a bad week go unseen, in the other the good."""
    rng = np.random.default_rng(seed)
    arm = np.repeat(["group", "individual"], n)
    side = np.where(arm == "group", 1, -1)
    cluster = np.r_[[f"g{k // 8}" for k in range(n)], np.full(n, None)]
    week = rng.normal(0, 2, 2 * n)
    outcome = week + rng.normal(0, 2, 2 * n)
    chance = 1 / (1 + np.exp(-1 + 0.6 * week * side))
    outcome = np.where(rng.random(2 * n) < chance, outcome, np.nan)
    frame = pd.DataFrame({"arm": arm, "cluster": cluster, "week": week, "outcome": outcome})
    frame["baseline"] = rng.normal(size=2 * n)
    return frame.assign(episode_id=range(2 * n), chance=chance)


def test_weights_recover_the_chance_and_the_difference(nested_contrast, symptom):
    frame = study()
    weights = remaining_weights(frame, history=["week"])
    assert np.corrcoef(weights.chance, frame["chance"])[0, 1] > 0.99
    assert weights.weight[frame["outcome"].isna()].max() == 0
    seen = frame["outcome"].notna().sum()
    assert weights.weight.sum() == pytest.approx(seen, rel=0.03)
    assert weights.effective < seen
    naive = compare(frame, nested_contrast, symptom)
    found = compare_remaining(frame, nested_contrast, symptom, history=["week"])
    assert found.id == "format.depression.day42.remaining_weights"
    assert naive.ci95[0] > 0.5  # the seen of the group arm look better by far
    assert found.ci95[0] < 0 < found.ci95[1]
    assert abs(found.value) < 0.2
    assert found.n_used == seen and found.n_eligible == len(frame)
    assert found.diagnostics[0].value == pytest.approx(weights.effective / seen)


def test_equal_chances_change_nothing(nested_contrast, symptom):
    """Everybody seen: weights are 1 and the estimate is least squares."""
    frame = study(n=200)
    frame["outcome"] = frame["week"]
    weights = remaining_weights(frame, history=["week"])
    assert weights.weight == pytest.approx(np.ones(400))
    found = compare_remaining(frame, nested_contrast, symptom)
    x = np.column_stack([np.ones(400), frame["arm"] == "group", frame["baseline"]]).astype(float)
    assert -found.value == pytest.approx(np.linalg.lstsq(x, frame["outcome"])[0][1])


def test_few_who_carry_everything_are_withheld(nested_contrast, symptom):
    """Hardly anybody with a bad week was seen: those few would decide."""
    rng = np.random.default_rng(6)
    frame = study(n=400)
    chance = 1 / (1 + np.exp(2 * frame["week"]))
    frame["outcome"] = frame["week"].where(rng.random(800) < chance)
    found = compare_remaining(frame, nested_contrast, symptom, history=["week"])
    assert found.status == "withheld" and found.value is None
    assert found.diagnostics[0].status == "fail"


def test_a_certain_loss_is_an_error(nested_contrast, symptom):
    frame = study(n=200)
    frame["outcome"] = frame["week"].where(frame["week"] < 0)
    with pytest.raises(ConvergenceError):
        remaining_weights(frame, history=["week"])
    found = compare_remaining(frame, nested_contrast, symptom, history=["week"])
    assert found.status == "error" and found.value is None


def test_a_level_at_which_nobody_was_missed_does_not_stop_it(nested_contrast, symptom):
    """Separation by one level of a covariate; the others weigh as they would without it."""
    frame = study(n=800)
    frame["site"] = np.where(np.arange(len(frame)) % 20 == 0, "small", "large")
    here = frame["site"] == "small"
    frame.loc[here, "outcome"] = frame["outcome"].where(frame["outcome"].notna(), frame["week"])
    site = [{"column": "site", "type": "categorical"}]
    weights = remaining_weights(frame, site, history=["week"])
    assert weights.chance[here].min() > 0.5 and weights.chance.max() < 1
    plain = remaining_weights(frame[~here].reset_index(drop=True), history=["week"])
    assert np.corrcoef(weights.chance[~here], plain.chance)[0, 1] > 0.999
    found = compare_remaining(frame, nested_contrast, symptom, covariates=site, history=["week"])
    assert found.status == "ok" and abs(found.value) < 3 * found.se
