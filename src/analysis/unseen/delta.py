"""Beyond missing at random: imputations made worse by stated points, or under the claim's null."""

from __future__ import annotations

from typing import Literal

import numpy as np

from analysis.comparison.question import Contrast, Outcome, blank_effect, recorded
from analysis.records.effect import Effect
from analysis.unseen.analyse import Shifts
from analysis.unseen.chained import Imputations
from analysis.unseen.imputed import effect_of
from analysis.unseen.population import ESTIMANDS

Side = Literal["inferiority", "superiority"]


def compare_shifted(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    *,
    comparison: float,
    reference: float,
    data_origin: str = "real",
) -> Effect:
    """Estimate the difference if the unseen did worse than missing at random says.

    Delta adjustment (Carpenter and Kenward 2013, Multiple Imputation and its Application,
    section 10.4): the imputed outcomes of each arm are moved by a fixed number of points.

    Parameters
    ----------
    imputations : Imputations
        As `impute_contrast` made them.
    contrast, outcome : Contrast, Outcome
    comparison, reference : float
        Points by which the unseen of each arm did worse, whatever the scale's direction.
    data_origin : {"real", "synthetic"}

    Returns
    -------
    Effect
        Id ``....imputed_delta``, else as `compare_imputed`.
    """
    words = (
        f"the unseen {comparison:g} points worse in the comparison arm and {reference:g} in the "
        "reference arm"
    )
    shifts = Shifts(np.array([comparison]), np.array([reference]))
    return _shifted(imputations, contrast, outcome, shifts, "imputed_delta", words, data_origin)


def compare_under_null(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    *,
    margin: float,
    side: Side = "inferiority",
    data_origin: str = "real",
) -> Effect:
    """Estimate the difference with the unseen imputed under the null hypothesis of a margin.

    Under ``inferiority`` the unseen of the comparison arm did worse than the seen by the margin:
    that is what non-inferiority must beat, and the lower end of the interval decides. Equivalence
    takes the upper end from ``superiority`` (they did better by the margin) as well. What makes
    arms look alike, such as a jump to the other arm, would manufacture either claim (see Wiens
    and Rosenkranz 2013, Statistics in Biopharmaceutical Research 5, 383-393).

    Parameters
    ----------
    imputations : Imputations
    contrast, outcome : Contrast, Outcome
    margin : float
        Margin of the claim in points of the instrument, positive.
    side : {"inferiority", "superiority"}
    data_origin : {"real", "synthetic"}

    Returns
    -------
    Effect
        Id ``....imputed_null_{side}``, else as `compare_imputed`.

    Raises
    ------
    ValueError
        If the margin is not positive.
    """
    if not margin > 0:
        raise ValueError("a margin must be positive")
    worse = margin if side == "inferiority" else -margin
    words = f"the unseen of the comparison arm under the {side} null"
    model = f"imputed_null_{side}"
    shifts = Shifts(np.array([worse]), np.zeros(1))
    return _shifted(imputations, contrast, outcome, shifts, model, words, data_origin)


def _shifted(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    shifts: Shifts,
    model: str,
    words: str,
    data_origin: str,
) -> Effect:
    estimand = f"{ESTIMANDS[contrast.assignment]}; {words}"
    blank = blank_effect(contrast, outcome, model, data_origin, imputations.frame, estimand)
    return recorded(blank, lambda blank: effect_of(imputations, contrast, outcome, blank, shifts))
