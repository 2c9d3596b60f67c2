"""Falsification tests: effects where none can be, by the estimator of the real outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis.adjust.columns import Covariates
from analysis.adjust.weighted import compare_weighted
from analysis.comparison.question import Contrast, Outcome
from analysis.records.effect import Effect

Kind = Literal["negative_control", "pre_period"]


@dataclass(frozen=True)
class Control:
    """An outcome that the format cannot have changed.

    Attributes
    ----------
    column : str
        Its column.
    outcome : Outcome
        Its name, unit and direction.
    kind : {"negative_control", "pre_period"}
        An outcome that therapy should not move, or a change that was over before intake.
    """

    column: str
    outcome: Outcome
    kind: Kind


@dataclass(frozen=True)
class Falsification:
    """A falsification test.

    Attributes
    ----------
    control : Control
    effect : Effect
        Its 95% interval should hold zero.
    flagged : bool or None
        True where it does not; None where there is no estimate.
    """

    control: Control
    effect: Effect
    flagged: bool | None


def falsification(
    frame: pd.DataFrame,
    contrast: Contrast,
    controls: Sequence[Control],
    *,
    covariates: Covariates,
    **settings: Any,
) -> tuple[Falsification, ...]:
    """Apply the weighted estimator to outcomes without an effect.

    An interval that excludes zero shows confounding (or selection) that the design did not remove
    (Lipsitch, Tchetgen Tchetgen and Cohen 2010, Epidemiology 21, 383-388). One that holds
    zero proves nothing: it is as wide as the control is imprecise.

    Parameters
    ----------
    frame : DataFrame
        As `compare_weighted` takes it, with a column for each control. A pre-period change is an
        earlier score less the baseline score, so that positive is worse or better as its
        `toward_better` says.
    contrast : Contrast
    controls : sequence of Control
    covariates : sequence of mapping
    **settings
        Further arguments of `compare_weighted`, the same as for the real outcome.

    Returns
    -------
    tuple of Falsification
        In the order of `controls`.
    """
    found = []
    for control in controls:
        rows = frame.assign(outcome=frame[control.column])
        effect = compare_weighted(
            rows, contrast, control.outcome, covariates=covariates, **settings
        )
        flagged = None
        if effect.ci95 is not None:
            flagged = not effect.ci95[0] <= 0 <= effect.ci95[1]
        found.append(Falsification(control, effect, flagged))
    return tuple(found)
