"""Balancing weights worked by hand: two strata with propensities 1/4 and 3/4."""

import numpy as np
import pytest
from tests.plan_limits import fit_propensity

from analysis.adjust.diagnostics import effective_sizes
from analysis.adjust.estimators import weighted
from analysis.adjust.weights import balancing_weights, tilting
from analysis.records.errors import ModelInputError

X = [{"column": "x", "type": "numeric"}]


@pytest.fixture
def fitted(strata, contrast):
    return fit_propensity(strata, contrast, X)


def test_overlap_weights_by_hand(strata, fitted):
    """Group: 4 with 3/4 and 12 with 1/4, sum 6; so 1/8 and 1/24. Individual mirrors it."""
    values = balancing_weights(fitted, "ato").values
    expected = {("group", 0): 1 / 8, ("group", 1): 1 / 24}
    expected |= {("individual", 0): 1 / 24, ("individual", 1): 1 / 8}
    for (arm, x), weight in expected.items():
        at = strata["arm"].eq(arm) & strata["x"].eq(x)
        assert np.allclose(values[at], weight, atol=1e-10)


@pytest.mark.parametrize(("estimand", "effect"), [("ato", 2.0), ("ate", 2.0), ("att", 2.5)])
def test_effects_by_hand(strata, fitted, estimand, effect):
    """Effects 1 and 3: equal shares of strata in the overlap and in all; 1/4 and 3/4 in group."""
    found = weighted(balancing_weights(fitted, estimand)).estimate(strata["y"].to_numpy())
    assert found == pytest.approx(effect, abs=1e-9)


def test_effective_size_by_hand(fitted):
    """(4 * 3/4 + 12 * 1/4)^2 / (4 * 9/16 + 12 * 1/16) = 36 / 3 = 12 of 16."""
    sizes = effective_sizes(balancing_weights(fitted, "ato"))
    assert sizes == pytest.approx({True: 12.0, False: 12.0})


def test_effective_size_equals_r(designed, reference):
    sizes = effective_sizes(designed().weights)
    assert sizes[True] == pytest.approx(reference["effective"]["comparison"], rel=1e-8)
    assert sizes[False] == pytest.approx(reference["effective"]["reference"], rel=1e-8)


@pytest.mark.parametrize("estimand", ["ato", "ate", "att"])
def test_slopes_are_derivatives(estimand):
    eta = np.linspace(-3, 3, 13)

    def at(shift):
        return tilting(1 / (1 + np.exp(-(eta + shift))), estimand)

    up, down, here = at(1e-5), at(-1e-5), at(0.0)
    for name in ("h", "comparison", "reference"):
        slope = (getattr(up, name) - getattr(down, name)) / 2e-5
        assert np.allclose(slope, getattr(here, f"{name}_slope"), rtol=1e-6, atol=1e-8)


def test_weights_and_target_sum_to_one(designed):
    for estimand in ("ato", "ate", "att"):
        weights = designed(estimand).weights
        assert weights.values.groupby(weights.treated).sum().to_numpy() == pytest.approx([1, 1])
        assert weights.target.sum() == pytest.approx(1)


def test_trimming_refits_and_is_counted(study, contrast, designed):
    design = designed("ate", trim=0.2)
    first = design.weights.untrimmed.score
    outside = ~first.between(0.2, 0.8)
    assert 0 < outside.sum() == (design.weights.values == 0).sum()
    assert design.weights.trimmed_share == pytest.approx(outside.mean())
    assert len(design.kept) == len(study) - outside.sum() == len(design.clusters.code)
    kept = design.weights.propensity
    assert not np.allclose(kept.e, first[~outside])
    assert (kept.x.T @ (kept.treated - kept.e)) == pytest.approx(
        np.zeros(kept.x.shape[1]), abs=1e-6
    )


@pytest.mark.parametrize("trim", [0.0, 0.5, 0.45])
def test_impossible_trimming(fitted, trim):
    with pytest.raises(ModelInputError):
        balancing_weights(fitted, "ate", trim)


def test_unknown_estimand(fitted):
    with pytest.raises(ModelInputError, match="atx"):
        balancing_weights(fitted, "atx")
