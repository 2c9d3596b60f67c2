"""What is asked of a comparison, and an effect before and around its estimate.

A contrast and an outcome name an effect; `blank_effect` is that effect without numbers, and
`recorded` puts a failure to estimate it into its status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.effects.effect import Diagnostic, Effect
from analysis.effects.errors import EstimationError


@dataclass(frozen=True)
class Contrast:
    """Two arms, and what the clients of each share.

    Attributes
    ----------
    id : str
        Key of the study's ``contrasts``.
    comparison, reference : str
        Arms; positive effects favour `comparison`.
    clusters : mapping
        Arm to ``therapy_group``, ``primary_therapist`` or ``none``.
    assignment : {"observational", "randomised"}
        How clients came to their arm.
    """

    id: str
    comparison: str
    reference: str
    clusters: Mapping[str, str]
    assignment: str

    @classmethod
    def from_config(cls, key: str, entry: Mapping[str, Any]) -> Contrast:
        """Take a contrast from an entry of a study's config."""
        names = ("comparison", "reference", "clusters", "assignment")
        return cls(key, **{name: entry[name] for name in names})


@dataclass(frozen=True)
class Outcome:
    """What is compared, on which scale.

    Attributes
    ----------
    construct, instrument, time, unit : str
        Names for the report; `time` such as ``day 42``.
    day : int
        Day of the comparison; the repeated-measures contrast is taken here.
    toward_better : {1, -1}
        1 where higher scores are better.
    sd : float or None
        External standard deviation in points, for the standardised value.
    """

    construct: str
    instrument: str
    time: str
    day: int
    unit: str
    toward_better: int
    sd: float | None = None


def cluster_unit(contrast: Contrast) -> str:
    """Return what the clients of either arm share, in words."""
    units = {unit for unit in contrast.clusters.values() if unit != "none"}
    return " and ".join(sorted(units)).replace("_", " ")


def blank_effect(
    contrast: Contrast,
    outcome: Outcome,
    model: str,
    data_origin: str,
    rows: pd.DataFrame,
    estimand: str,
) -> Effect:
    """Return the effect with its names and the number eligible, without an estimate.

    Parameters
    ----------
    contrast, outcome : Contrast, Outcome
    model : str
        Name of the model; the last part of the effect's id.
    data_origin : {"real", "synthetic"}
    rows : DataFrame
        ``episode_id`` and ``arm`` of everyone eligible; other arms do not count.
    estimand : str
        In words.
    """
    arms = rows["arm"].isin([contrast.comparison, contrast.reference])
    return Effect(
        id=f"{contrast.id}.{outcome.construct}.{outcome.time.replace(' ', '')}.{model}",
        contrast=contrast.id,
        construct=outcome.construct,
        instrument=outcome.instrument,
        time=outcome.time,
        estimand=estimand,
        model=model,
        unit=outcome.unit,
        data_origin=data_origin,
        standardiser=outcome.sd,
        n_eligible=int(rows.loc[arms, "episode_id"].nunique()),
        cluster_unit=cluster_unit(contrast),
    )


def recorded(
    blank: Effect,
    estimate: Callable[[Effect], Effect],
    lacks: tuple[type[EstimationError], ...] = (),
) -> Effect:
    """Return `estimate(blank)`; what it raises becomes the effect's status.

    Errors among `lacks` give ``"withheld"`` with a failed diagnostic (named by the error's `code`,
    where it has one), any other failure of estimation ``"error"`` with its name.
    """
    try:
        return estimate(blank)
    except lacks as lack:
        text = str(lack)
        sentence = text[:1].upper() + text[1:].rstrip(".") + "."
        failed = Diagnostic(getattr(lack, "code", "too_few_data"), None, "fail", sentence)
        checks = (*blank.diagnostics, failed)
        return replace(blank, status="withheld", message=text, diagnostics=checks)
    except (EstimationError, np.linalg.LinAlgError) as failure:
        return replace(blank, status="error", message=f"{type(failure).__name__}: {failure}")
