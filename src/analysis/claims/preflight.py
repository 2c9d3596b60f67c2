"""Before any outcome is read: the verdicts that a sample can reach, and the chance of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from scipy.special import nctdtr, stdtrit


@dataclass(frozen=True)
class SampleDesign:
    """What is known of a comparison before its outcomes.

    Attributes
    ----------
    n_comparison, n_reference : int
        Participants of the cohort in each arm.
    clusters_comparison, clusters_reference : int or None
        Clusters in each arm; None where the arm's clients share nothing.
    seen_comparison, seen_reference : int or None
        Participants with an outcome in its window; None where that is not known yet.
    """

    n_comparison: int
    n_reference: int
    clusters_comparison: int | None
    clusters_reference: int | None
    seen_comparison: int | None = None
    seen_reference: int | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SampleDesign:
        """Rebuild a design from a dictionary of its fields."""
        return cls(**data)


def comparison_reach(
    design: SampleDesign, margin: float, sd: float, assumptions: Mapping[str, Any]
) -> dict[str, float]:
    """Chance of each verdict on non-inferiority and equivalence, by assumed true difference.

    The standard error is that of a difference of two means with the design effect
    ``1 + (m - 1) * icc`` in a clustered arm (Roberts and Roberts 2005,
    doi 10.1191/1740774505cn076oa); its degrees of freedom are Satterthwaite's with the number of
    clusters behind the clustered arm. Verdicts follow one-sided tests (Schuirmann 1987,
    doi 10.1007/BF01068419).

    Parameters
    ----------
    design : SampleDesign
    margin, sd : float
        In the same raw unit, both positive.
    assumptions : mapping
        ``alpha`` (one-sided), ``icc``, ``follow_up`` (used where the design does not know who was
        seen), ``baseline_correlation``, ``cluster_size``, each with ``value``.

    Returns
    -------
    dict
        ``se`` (raw), ``df``, and chances between 0 and 1: ``supported_if_zero``,
        ``inconclusive_if_zero``, ``contradicted_if_zero``, ``supported_at_margin`` (true
        difference minus the margin), ``equivalent_if_zero``; and what was assumed for them:
        ``baseline_correlation`` and ``icc``. A baseline that correlates r with the outcome leaves
        1 - r^2 of its variance (Borm, Fransen and Lemmens 2007, doi
        10.1016/j.jclinepi.2007.02.006).

    Raises
    ------
    ValueError
        If an arm has fewer than two participants.
    """
    se, df = _standard_error(design, sd, assumptions)
    quantile = float(stdtrit(df, 1 - assumptions["alpha"]["value"]))
    supported = _chance_above(margin / se, df, quantile)
    contradicted = 1 - _chance_above(margin / se, df, -quantile)
    below = _chance_above(margin / se, df, quantile)
    return {
        "se": se,
        "df": df,
        "supported_if_zero": supported,
        "contradicted_if_zero": contradicted,
        "inconclusive_if_zero": max(0.0, 1 - supported - contradicted),
        "supported_at_margin": _chance_above(0.0, df, quantile),
        "equivalent_if_zero": max(0.0, supported + below - 1),
        **{name: float(assumptions[name]["value"]) for name in ("baseline_correlation", "icc")},
    }


def share_reach(clusters: int, threshold: float) -> dict[str, float]:
    """Say how far a share must lie from its threshold to be told from it.

    Each cluster counts as one observation, the cautious limit of complete clustering; a normal
    interval (95%) around the threshold gives the distance.
    """
    if clusters < 2:
        raise ValueError("fewer than two clusters")
    return {"detectable_distance": 1.96 * sqrt(threshold * (1 - threshold) / clusters)}


def _standard_error(
    design: SampleDesign, sd: float, assumptions: Mapping[str, Any]
) -> tuple[float, float]:
    residual = sd**2 * (1 - assumptions["baseline_correlation"]["value"] ** 2)
    arms = (
        (design.n_comparison, design.seen_comparison, design.clusters_comparison),
        (design.n_reference, design.seen_reference, design.clusters_reference),
    )
    share = assumptions["follow_up"]["value"]
    parts = [
        _arm_variance(n * share if seen is None else seen, clusters, residual, assumptions)
        for n, seen, clusters in arms
    ]
    total = sum(variance for variance, _ in parts)
    df = total**2 / sum(variance**2 / max(df, 1.0) for variance, df in parts)
    return sqrt(total), df


def _arm_variance(
    followed: float, clusters: int | None, residual: float, assumptions: Mapping[str, Any]
) -> tuple[float, float]:
    if followed < 2:
        raise ValueError("an arm has fewer than two participants with an expected outcome")
    if clusters is None:
        return residual / followed, followed - 1
    size = followed / max(clusters, 1)
    effect = 1 + max(size - 1, 0) * assumptions["icc"]["value"]
    return residual * effect / followed, max(clusters - 1, 1)


def _chance_above(shift: float, df: float, quantile: float) -> float:
    """Return P(T > quantile) for a noncentral t with noncentrality `shift`."""
    return float(1 - nctdtr(df, shift, quantile))
