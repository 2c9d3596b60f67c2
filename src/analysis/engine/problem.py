"""The partially nested problem as arrays: what every fitter (closed form or sparse) is given.

`build_problem` checks a frame, drops incomplete rows and codes the factors; `Problem` holds the
result. The covariance model and the order of its parameters are in `layout.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.engine.centring import AS_GIVEN, Centring, check_dependence, orthogonal
from analysis.engine.coding import (
    check_kinds,
    check_no_group,
    code_groups,
    complete_rows,
    exposure,
    numbers,
    positive_weights,
    require_columns,
)
from analysis.engine.formula import FixedEffects, parse, used_columns
from analysis.engine.levels import Factor, code_factor
from analysis.engine.memberships import code_memberships
from analysis.records.errors import ModelInputError
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

RANK_TOLERANCE = 1e-9


@rowless
@dataclass(frozen=True)
class Problem:
    """Complete rows of one partially nested data set, coded. All row arrays have length n.

    Attributes
    ----------
    design : FixedEffects
        The fixed effects: `design.matrix()` (n, p), `design.names`, `design.terms`
        (term name to column indices); `X` below is the same matrix, made once.
    y : (n,) array
        Outcome, on its own scale.
    group : Factor or None
        Therapy groups; -1 where no group acts (`z` is zero there). None with `membership`.
    z : (n,) array
        Exposure to the therapy group in [0, 1]; zero everywhere when there are no groups.
    membership : scipy.sparse.csr_array (n, G) or None
        Multiple membership weights (before multiplication by `z`); the row's random group effect
        is ``z * (membership @ u)``. `membership_levels` names the groups.
    participant : Factor or None
        Participants; None when rows are independent given their group (model M1), as they are
        where every participant has one row: its effect is then part of the residual.
    slope : (n,) array or None
        Time, where participants (and, with `group_slope`, groups) have a random slope on it,
        counted from `centring.time`.
    therapist : Factor or None
        Therapists; -1 where missing. A therapist has effect ``wG`` with weight z and ``wI`` with
        weight 1 - z (see `layout.blocks` for when both exist).
    residual_by, participant_by : Factor or None
        Levels with their own residual variance, and with their own participant covariance.
    weights : (n,) array or None
        Precision weights: the residual variance of a row is sigma^2 / weight.
    sampling : (n,) array or None
        Sampling weights; no mixed model reads them (see `marginal.py`).
    group_slope : bool
        Whether groups have a random slope on `slope` (False when `slope` is None).
    negative_icc : bool
        Whether what members of a group share may be negative.
    n_dropped : int
        Rows left out because something needed was missing.
    n_unknown : int
        Participants whose membership is not known: each is in a group of one's own, which stand
        last in `membership` and have no name.
    n_unlisted : int
        Participants outside the memberships whose exposure nobody declared: taken as unexposed.
    centring : Centring
        How `X` and `slope` follow from the user's columns and time.
    """

    design: FixedEffects
    y: Floats
    z: Floats
    group: Factor | None = None
    membership: sparse.csr_array | None = None
    membership_levels: tuple[Any, ...] = ()
    participant: Factor | None = None
    slope: Floats | None = None
    therapist: Factor | None = None
    residual_by: Factor | None = None
    participant_by: Factor | None = None
    weights: Floats | None = None
    sampling: Floats | None = None
    group_slope: bool = False
    negative_icc: bool = False
    n_dropped: int = 0
    n_unknown: int = 0
    n_unlisted: int = 0
    centring: Centring = AS_GIVEN

    @cached_property
    def X(self) -> Floats:
        """Model matrix of the fixed effects, (n, p)."""
        return self.centring.matrix(self.design.whole)

    def matrix(self) -> Floats:
        """Make `X` without keeping it."""
        return self.centring.matrix(self.design.matrix())

    def centred(self) -> Problem:
        """Count time from its least value."""
        if self.slope is None or not (least := float(self.slope.min())):
            return self
        moved = replace(self.centring, time=self.centring.time + least)
        return replace(self, slope=self.slope - least, centring=moved)

    def orthogonal(self, rows: NDArray[np.bool_] | None = None) -> Problem:
        """Write the fixed effects as columns that are orthogonal over all rows, or these.

        Raises
        ------
        RankDeficientError
            If a column is a linear combination of those before it.
        """
        turn = orthogonal(self.X if rows is None else self.X[rows], self.names)
        known = self.centring.columns
        turn = turn if known is None else known @ turn
        return replace(self, centring=replace(self.centring, columns=turn))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed effects, in the order of X's columns."""
        return self.design.names

    @property
    def n_groups(self) -> int:
        """Number of therapy groups that act on some row."""
        return len(self.membership_levels) if self.group is None else len(self.group)


def build_problem(
    data: pd.DataFrame,
    formula: str,
    *,
    group: str | None = None,
    grouped: str | None = None,
    participant: str | None = None,
    slope: str | None = None,
    therapist: str | None = None,
    residual_by: str | None = None,
    participant_by: str | None = None,
    group_slope: bool = True,
    negative_icc: bool = False,
    membership: pd.DataFrame | None = None,
    precision_weights: str | None = None,
    sampling_weights: str | None = None,
) -> Problem:
    """Check the data, drop incomplete rows, and code the factors.

    Parameters are those of `fit_mixed`. Raises the named errors that `fit_mixed` documents.
    """
    roles = [participant, slope, residual_by, participant_by, grouped]
    roles += [precision_weights, sampling_weights]
    check_kinds(data, [*roles, group, therapist], membership)
    _check_roles(participant, slope, participant_by, membership, group)
    parsed = parse(formula)
    needed = list(dict.fromkeys([*used_columns(parsed), *(one for one in roles if one)]))
    row_roles = [one for one in (therapist, None if membership is not None else group) if one]
    require_columns(data, [*needed, *row_roles])
    frame = complete_rows(data, needed, [*needed, *row_roles], parsed)
    n_dropped = len(data) - len(frame)
    people = None if participant is None else code_factor(frame[participant])
    z = exposure(frame, group, grouped, membership)
    groups = links = None
    if membership is not None:
        assert group is not None and participant is not None and people is not None
        declared = None if grouped is None else z
        links = code_memberships(membership, group, participant, people, declared)
        z = z if grouped else (~links.absent).astype(float)
    elif group is not None:
        groups = code_groups(frame[group], z, people)
        if grouped is None:
            check_no_group(frame, group, groups, used_columns(parsed, side="rhs"))
    if people is not None and len(people) == len(frame):
        people, participant_by = None, None
    return Problem(
        design=FixedEffects(parsed, frame, slope, people),
        y=FixedEffects.outcome(parsed, frame),
        z=z,
        group=groups,
        membership=None if links is None else links.links,
        membership_levels=() if links is None else links.levels,
        n_unknown=0 if links is None else links.unknown,
        n_unlisted=0 if links is None or grouped else links.unlisted(people),
        participant=people,
        slope=None if slope is None else numbers(frame, slope),
        therapist=None if therapist is None else code_factor(frame[therapist]),
        residual_by=None if residual_by is None else code_factor(frame[residual_by], ordered=True),
        participant_by=(
            None if participant_by is None else code_factor(frame[participant_by], ordered=True)
        ),
        weights=None if precision_weights is None else positive_weights(frame, precision_weights),
        sampling=None if sampling_weights is None else numbers(frame, sampling_weights),
        group_slope=group_slope and slope is not None,
        negative_icc=negative_icc,
        n_dropped=n_dropped,
    )


def check_rank(gram: Floats, names: tuple[str, ...]) -> None:
    """Raise if columns of the fixed effects are linear combinations of earlier ones.

    Parameters
    ----------
    gram : (p, p) array
        X'X, or X'V⁻¹X for any positive definite V.
    names : tuple of str
        Column names, for the message.

    Raises
    ------
    RankDeficientError
        Names every column that adds nothing to the columns before it.
    """
    scale = np.sqrt(np.maximum(np.diag(gram), 0.0))
    bad = [name for name, size in zip(names, scale, strict=True) if size == 0.0]
    unit = gram / np.outer(np.where(scale > 0, scale, 1.0), np.where(scale > 0, scale, 1.0))
    kept: list[int] = []
    for j in range(len(names)):
        if scale[j] == 0.0:
            continue
        left = unit[j, j]
        if kept:
            cross = unit[np.ix_(kept, [j])][:, 0]
            left -= cross @ np.linalg.solve(unit[np.ix_(kept, kept)], cross)
        if left < RANK_TOLERANCE:
            bad.append(names[j])
        else:
            kept.append(j)
    check_dependence(np.array([name in bad for name in names]), names)


def _check_roles(
    participant: str | None,
    slope: str | None,
    participant_by: str | None,
    membership: pd.DataFrame | None,
    group: str | None,
) -> None:
    if participant is None and participant_by is not None:
        raise ModelInputError("participant_by needs participant")
    if membership is not None and (group is None or participant is None):
        raise ModelInputError("membership needs group and participant, which name its columns")
    if slope is not None and participant is None and group is None:
        raise ModelInputError("slope needs a participant or a group whose slope it is")
