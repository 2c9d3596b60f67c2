"""Trials that treated one arm in groups and ignored it: effect and variance put right."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.evidence.errors import PoolInputError
from analysis.evidence.smd import Smd, small_sample_factor


@dataclass(frozen=True)
class OneArmClustering:
    """Factors of a design with clusters in one arm only.

    Hedges and Citkowicz 2015 (doi 10.3758/s13428-014-0538-z). The standardiser is the total
    standard deviation of the clustered arm; the other arm is taken to have its within-group
    variance only.

    Attributes
    ----------
    gamma : float
        The squared standardised difference shrinks by this factor.
    eta : float
        Design effect on the variance of the mean difference.
    h : float
        Effective degrees of freedom of the pooled standard deviation.
    """

    gamma: float
    eta: float
    h: float


def one_arm_clustering(
    n_clustered: float, n_unclustered: float, cluster_size: float, icc: float
) -> OneArmClustering:
    """Factors for an arm of groups against an arm of individuals.

    Parameters
    ----------
    n_clustered, n_unclustered : float
        Participants in the group arm and in the other.
    cluster_size : float
        Mean group size; an arm smaller than that counts as one group.
    icc : float
        Intraclass correlation in the group arm.

    Raises
    ------
    PoolInputError
        If a size is too small or the correlation is outside [0, 1).
    """
    if min(n_clustered, n_unclustered) < 2 or cluster_size < 1 or not 0.0 <= icc < 1.0:
        raise PoolInputError("sizes must be at least 2 (groups 1) and icc in [0, 1)")
    total = n_clustered + n_unclustered
    n = min(cluster_size, n_clustered)
    free, between, own = total - 2.0, n_clustered - n, 1.0 - icc
    h = (free * own + between * icc) ** 2 / (
        free * own**2 + between * n * icc**2 + 2.0 * between * own * icc
    )
    return OneArmClustering(
        gamma=1.0 - (n_unclustered + n - 2.0) * icc / free,
        eta=1.0 + (n * n_unclustered / total - 1.0) * icc,
        h=h,
    )


def correct_for_clustering(
    effect: Smd, n_clustered: float, n_unclustered: float, cluster_size: float, icc: float
) -> Smd:
    """Correct a standardised difference whose analysis ignored the groups of one arm.

    The effect shrinks by the square root of gamma (and the small-sample factor moves to h degrees
    of freedom); the part of the variance that comes from the means grows by eta. With an intraclass
    correlation of zero nothing changes but the last digits of the variance's second term.

    Parameters
    ----------
    effect : Smd
        Uncorrected g, with its variance.
    n_clustered, n_unclustered, cluster_size, icc : float
        As `one_arm_clustering`.

    Raises
    ------
    PoolInputError
        As `one_arm_clustering`.
    """
    factors = one_arm_clustering(n_clustered, n_unclustered, cluster_size, icc)
    df = n_clustered + n_unclustered - 2.0
    shift = small_sample_factor(factors.h) / small_sample_factor(df)
    g = effect.g * factors.gamma**0.5 * shift
    means = max(effect.v - effect.g**2 / (2.0 * df), 0.0)
    return Smd(g, means * factors.eta + g**2 / (2.0 * factors.h))
