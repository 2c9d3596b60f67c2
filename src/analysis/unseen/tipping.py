"""The tipping surface: how much worse must the unseen have done for the verdict to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from analysis.comparison.question import Contrast, Outcome
from analysis.engine import fit_mixed
from analysis.records.errors import EstimationError, InsufficientDataError
from analysis.records.intervals import interval
from analysis.study.rowless import rowless
from analysis.unseen.analyse import Shifts, pooled_difference
from analysis.unseen.chained import Imputations

Floats = NDArray[np.floating]
Rule = Literal["non_inferiority", "equivalence", "difference"]

STEPS = 9
ROLES = ("comparison", "reference")


@rowless
@dataclass(frozen=True)
class Tipping:
    """How a verdict depends on what nobody saw.

    Attributes
    ----------
    surface : DataFrame
        One row a pair of assumptions: worse_comparison, worse_reference (points by which the
        unseen did worse than missing at random says), value, se, df, ci90_low, ci90_high,
        ci95_low, ci95_high (points, positive = comparison arm better), slack (points by which the
        deciding end clears its limit) and holds (slack above zero).
    boundary : DataFrame
        Where slack is zero, between grid points by straight lines: worse_comparison,
        worse_reference. Empty where the verdict never changes on the grid.
    """

    surface: pd.DataFrame
    boundary: pd.DataFrame


def tipping_surface(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    *,
    rule: Rule,
    margin: float = 0.0,
    comparison: Sequence[float] | None = None,
    reference: Sequence[float] | None = None,
) -> Tipping:
    """Estimate the difference over a grid of deltas, one for each arm.

    Delta-adjusted imputation as a tipping-point analysis in both arms (Liublinska and Rubin 2014,
    doi 10.1002/sim.6197), pooled by Rubin's rules at every point.

    Parameters
    ----------
    imputations : Imputations
        As `impute_contrast` made them, missing at random.
    contrast, outcome : Contrast, Outcome
    rule : {"non_inferiority", "equivalence", "difference"}
        What has to hold: the 90% interval above minus the margin, inside both margins, or the 95%
        interval clear of zero.
    margin : float
        Points, positive.
    comparison, reference : sequence of float, optional
        Deltas of each arm; by default nine from one standard deviation of the outcome better to one
        worse.

    Raises
    ------
    EstimationError
        If the model cannot be fitted.
    """
    surface = delta_surface(
        imputations, contrast, outcome, comparison=comparison, reference=reference
    )
    return hold(surface, rule, margin)


def delta_surface(
    imputations: Imputations,
    contrast: Contrast,
    outcome: Outcome,
    *,
    comparison: Sequence[float] | None = None,
    reference: Sequence[float] | None = None,
    reach: float = 1.0,
) -> pd.DataFrame:
    """Estimate the difference over a grid of deltas, before any margin is held against it.

    Parameters
    ----------
    imputations, contrast, outcome, comparison, reference
        As in `tipping_surface`.
    reach : float
        Ends of the default grid, in standard deviations of the outcome among those seen.

    Returns
    -------
    DataFrame
        `Tipping.surface` without slack and holds.

    Raises
    ------
    InsufficientDataError
        If the outcome does not vary among those seen.
    """
    spread = reach * float(imputations.frame.groupby("arm")["outcome"].std().max())
    if not spread > 0:
        raise InsufficientDataError("the outcome does not vary, so that deltas have no scale")
    grid = np.linspace(-spread, spread, STEPS)
    first = np.asarray(grid if comparison is None else comparison, dtype=float)
    second = np.asarray(grid if reference is None else reference, dtype=float)
    a, b = (each.ravel() for each in np.meshgrid(first, second, indexing="ij"))
    pooled = pooled_difference(imputations, contrast, outcome.toward_better, Shifts(a, b))
    table = pd.DataFrame(
        {
            "worse_comparison": a,
            "worse_reference": b,
            "value": pooled.value,
            "se": pooled.se,
            "df": pooled.df,
        }
    )
    for level in (90, 95):
        ends = [
            interval(value, se, df, level / 100)
            for value, se, df in zip(pooled.value, pooled.se, pooled.df, strict=True)
        ]
        table[[f"ci{level}_low", f"ci{level}_high"]] = ends
    return table


def hold(surface: pd.DataFrame, rule: Rule, margin: float = 0.0) -> Tipping:
    """Hold a surface against a rule: where it is met, and where it tips.

    Parameters
    ----------
    surface : DataFrame
        As `delta_surface` gives it, a full grid.
    rule, margin
        As in `tipping_surface`.
    """
    slack = _slack(surface, rule, margin)
    held = surface.assign(slack=slack, holds=slack > 0)
    grid = _on_grid(held, "slack")
    first, second = (np.asarray(each, dtype=float) for each in (grid.index, grid.columns))
    return Tipping(held, _boundary(first, second, grid.to_numpy(dtype=float)))


def read_off(
    surface: pd.DataFrame, worse_comparison: float, worse_reference: float = 0.0
) -> dict[str, float] | None:
    """Read the pooled difference off a surface between the points of its grid.

    The estimate, its variance and its degrees of freedom are smooth in the deltas (for a weighted
    difference a plane and a paraboloid), so a cubic spline through the grid gives what a fit would.

    Parameters
    ----------
    surface : DataFrame
        As `delta_surface` gives it, a full grid.
    worse_comparison, worse_reference : float
        Points.

    Returns
    -------
    dict or None
        value, se, df and the ends of both intervals; None where the deltas lie outside the grid.
    """
    at, squared = (worse_comparison, worse_reference), surface.assign(variance=surface["se"] ** 2)
    axes = [np.unique(surface[f"worse_{role}"].to_numpy(dtype=float)) for role in ROLES]
    if any(
        len(axis) < 4 or not axis[0] <= delta <= axis[-1]
        for axis, delta in zip(axes, at, strict=True)
    ):
        return None
    value, variance, df = (
        float(RectBivariateSpline(*axes, _on_grid(squared, name).to_numpy(dtype=float))(*at)[0, 0])
        for name in ("value", "variance", "df")
    )
    found = {"value": value, "se": float(np.sqrt(variance)), "df": df}
    for level in (90, 95):
        low, high = interval(value, found["se"], df, level / 100)
        found |= {f"ci{level}_low": low, f"ci{level}_high": high}
    return found


def _on_grid(surface: pd.DataFrame, values: str) -> pd.DataFrame:
    return surface.pivot(index="worse_comparison", columns="worse_reference", values=values)


def _slack(surface: pd.DataFrame, rule: Rule, margin: float) -> pd.Series:
    if rule == "non_inferiority":
        return surface["ci90_low"] + margin
    if rule == "equivalence":
        ends = [surface["ci90_low"] + margin, margin - surface["ci90_high"]]
        return pd.concat(ends, axis=1).min(axis=1)
    return pd.concat([surface["ci95_low"], -surface["ci95_high"]], axis=1).max(axis=1)


def _boundary(first: Floats, second: Floats, slack: Floats) -> pd.DataFrame:
    """Points where slack crosses zero along the lines of the grid, in both directions."""
    points = []
    for along, other, values, turned in (
        (first, second, slack, False),
        (second, first, slack.T, True),
    ):
        i, j = np.nonzero((values[:-1] > 0) != (values[1:] > 0))
        share = values[i, j] / (values[i, j] - values[i + 1, j])
        crossing = along[i] + share * (along[i + 1] - along[i])
        pair = (other[j], crossing) if turned else (crossing, other[j])
        points.append(np.column_stack(pair))
    table = pd.DataFrame(np.vstack(points), columns=["worse_comparison", "worse_reference"])
    return table.sort_values(list(table.columns), ignore_index=True)


def plausible_region(
    frame: pd.DataFrame,
    contrast: Contrast,
    outcome: Outcome,
    *,
    left: str,
    fewest: int,
    predictors: Sequence[str] = (),
) -> pd.DataFrame:
    """Estimate from dropouts who were seen later how much worse those who leave do.

    In each arm the observed outcome is regressed on having left, baseline and predictors (least
    squares, CR2 by cluster). What was not seen may be worse still: the region is a guide.

    Parameters
    ----------
    frame : DataFrame
        As `compare` takes it.
    contrast, outcome : Contrast, Outcome
    left : str
        Boolean column: left treatment early.
    fewest : int
        Participants of an arm who left and were seen.
    predictors : sequence of str
        Numeric columns that the imputation knows as well, such as earlier scores; who lacks one
        is left out.

    Returns
    -------
    DataFrame
        One row an arm: arm, role ("comparison", "reference"), n_left_seen, n_left_unseen, worse,
        low, high (95%, points, positive = those who left did worse than those who stayed).
        Numbers are missing where fewer who left were seen, or they cannot be estimated.
    """
    rows = []
    for role in ("comparison", "reference"):
        arm = getattr(contrast, role)
        people = frame[frame["arm"] == arm]
        gone = people[left].fillna(False).astype(bool)
        seen = people["outcome"].notna()
        found = (np.nan, np.nan, np.nan)
        if (gone & seen).sum() >= fewest:
            shared = contrast.clusters.get(arm, "none") != "none"
            found = _worse(people.assign(gone=gone.astype(float)), predictors, shared)
        ends = sorted(-outcome.toward_better * value for value in found[1:])
        rows.append(
            {
                "arm": arm,
                "role": role,
                "n_left_seen": int((gone & seen).sum()),
                "n_left_unseen": int((gone & ~seen).sum()),
                "worse": -outcome.toward_better * found[0],
                "low": ends[0],
                "high": ends[1],
            }
        )
    return pd.DataFrame(rows)


def _worse(
    people: pd.DataFrame, predictors: Sequence[str], shared: bool
) -> tuple[float, float, float]:
    used = people.dropna(subset=["outcome", "baseline", *predictors])
    used = used.assign(weight=1.0, cluster=used["cluster"].where(used["cluster"].notna(), None))
    try:
        fit = fit_mixed(
            used,
            " + ".join(["outcome ~ gone", "baseline", *predictors]),
            group="cluster" if shared else None,
            sampling_weights="weight",
        )
        found = fit.contrast({"gone": 1.0})
    except (EstimationError, np.linalg.LinAlgError):
        return (np.nan, np.nan, np.nan)
    return (found.estimate, *found.ci)
