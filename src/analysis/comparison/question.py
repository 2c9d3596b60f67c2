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

from analysis.measures.unknown import is_unknown
from analysis.records.effect import Diagnostic, Effect
from analysis.records.errors import EstimationError, InsufficientDataError

CLUSTERS_KNOWN = "clusters_known"


@dataclass(frozen=True)
class ClusterLimits:
    """What withholds an estimate for want of clusters; the plan has it (``limits.clusters``).

    Attributes
    ----------
    most_unknown : float
        Largest share of an arm's clients whose cluster is not known, unless the contrast sets one.
    """

    most_unknown: float


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
    most_unknown : float
        Largest share of an arm's clients whose cluster is not known with which the contrast is
        still estimated; a plan gives it for every contrast.
    """

    id: str
    comparison: str
    reference: str
    clusters: Mapping[str, str]
    assignment: str
    most_unknown: float = 0.0

    @classmethod
    def from_config(cls, key: str, entry: Mapping[str, Any]) -> Contrast:
        """Take a contrast from an entry of a study's config."""
        names = ("comparison", "reference", "clusters", "assignment")
        most = float(entry.get("most_unknown_clusters", cls.most_unknown))
        return cls(key, **{name: entry[name] for name in names}, most_unknown=most)


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
    unit = cluster_unit(contrast)
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
        cluster_unit=unit,
        diagnostics=clusters_known(rows[arms], unit, contrast.most_unknown),
    )


def clusters_known(rows: pd.DataFrame, unit: str, most: float) -> tuple[Diagnostic, ...]:
    """Check how many clients of an arm share a cluster that is not known.

    Parameters
    ----------
    rows : DataFrame
        ``episode_id``, ``arm`` and ``cluster`` as `measures.clusters.cluster_of` gives it.
    unit : str
        What they share, in words.
    most : float
        Share above which nothing is estimated; below it each such client is a cluster of one.

    Returns
    -------
    tuple of Diagnostic
        Empty where every cluster is known; else one, of the arm with the largest share.
    """
    if "cluster" not in rows:
        return ()
    people = rows.drop_duplicates("episode_id")
    unknown = is_unknown(people["cluster"])
    counts = [(int(one.sum()), len(one), arm) for arm, one in unknown.groupby(people["arm"])]
    n, of, arm = max(counts, key=lambda one: one[0] / one[1], default=(0, 1, ""))
    if n == 0:
        return ()
    text = f"The {unit} of {n} of {of} clients of the arm '{arm}' is not known: "
    if n / of > most:
        text += f"more than the {100 * most:g}% with which the plan estimates a contrast."
        return (Diagnostic(CLUSTERS_KNOWN, 1 - n / of, "fail", text),)
    text += "each counts as one of its own."
    return (Diagnostic(CLUSTERS_KNOWN, 1 - n / of, "warn", text),)


def recorded(blank: Effect, estimate: Callable[[Effect], Effect]) -> Effect:
    """Return `estimate(blank)`; a failure of estimation becomes the effect's status.

    Data that do not suffice (`InsufficientDataError`, or numbers that are not finite) give
    ``"withheld"`` with a failed diagnostic named by the error's `code`; what breaks gives
    ``"error"`` with its name. Other exceptions are faults of the program, and pass. Nothing is
    estimated where too many clusters are not known (`clusters_known`).
    """
    shared = tuple(one for one in blank.diagnostics if one.name == CLUSTERS_KNOWN)
    if any(one.status == "fail" for one in shared):
        return replace(blank, status="withheld", message=shared[0].text)
    made = _recorded(blank, estimate)
    told = [one for one in shared if one not in made.diagnostics]
    return replace(made, diagnostics=(*made.diagnostics, *told)) if told else made


def _recorded(blank: Effect, estimate: Callable[[Effect], Effect]) -> Effect:
    try:
        return _finite(estimate(blank))
    except InsufficientDataError as lack:
        text = str(lack)
        sentence = text[:1].upper() + text[1:].rstrip(".") + "."
        failed = Diagnostic(lack.code, None, "fail", sentence)
        checks = (*blank.diagnostics, failed)
        return replace(blank, status="withheld", message=text, diagnostics=checks)
    except (EstimationError, np.linalg.LinAlgError) as failure:
        return replace(blank, status="error", message=f"{type(failure).__name__}: {failure}")


def _finite(made: Effect) -> Effect:
    """Return the effect, if what it says is a number."""
    numbers = [made.value, *(made.ci90 or ()), *(made.ci95 or ())]
    if made.status == "ok" and not all(one is None or np.isfinite(one) for one in numbers):
        raise InsufficientDataError("what is estimated does not vary, so it has no finite estimate")
    return made
