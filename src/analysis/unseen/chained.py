"""Multiple imputation by chained equations, arm by arm, with what therapy groups share.

Each incomplete variable in turn is drawn given all others (van Buuren 2007, doi
10.1177/0962280206074463): numbers from `draw_regression`, whose clusters share an intercept;
categories from `draw_categories`. Arms are imputed apart, so that effects of the arm, unequal
variances and clusters of one arm only need no assumption. Who answered a part of a scale is drawn
given that part as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.records.errors import as_numbers
from analysis.study.rowless import rowless
from analysis.unseen.categories import draw_categories
from analysis.unseen.draw import draw_regression
from analysis.unseen.errors import ImputationError

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]
Filled = dict[str, NDArray[np.generic]]


@rowless
@dataclass(frozen=True)
class Imputations:
    """A data frame and m ways to fill its gaps.

    Attributes
    ----------
    frame : DataFrame
        As it was observed, one row a participant.
    variables : mapping
        Column to ``numeric`` or ``categorical``: what the analysis reads.
    auxiliary : tuple of str
        Numeric columns that only help to impute.
    filled : tuple of dict
        For each imputation, column to the values of its missing rows, in the frame's order.
    seed, iterations, fewest : int
        What made them, as `impute` takes it.
    parts : mapping
        Numeric variable to the columns that hold an answered part of it, each of which stands for
        one pattern of answers (`measures.half_answered`).
    """

    frame: pd.DataFrame
    variables: Mapping[str, str]
    auxiliary: tuple[str, ...]
    filled: tuple[Filled, ...]
    seed: int
    iterations: int
    fewest: int
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def m(self) -> int:
        """Number of imputations."""
        return len(self.filled)

    def missing(self, name: str) -> NDArray[np.bool_]:
        """Rows in which a column was not observed, (n,)."""
        return self.frame[name].isna().to_numpy()

    def partly(self, name: str) -> NDArray[np.bool_]:
        """Rows in which a part of a column that was not observed was answered, (n,)."""
        answered = self.frame[list(self.parts.get(name, ()))].notna().any(axis=1)
        return self.missing(name) & answered.to_numpy()

    def complete(self, number: int) -> pd.DataFrame:
        """Return the frame with the gaps filled the `number`-th way, from 0."""
        out = self.frame.copy()
        for name, values in self.filled[number].items():
            out.loc[self.missing(name), name] = values
        return out

    def extend(self, m: int, n_jobs: int = 1) -> Imputations:
        """Add imputations up to m; those that exist stay as they are."""
        given = (self.variables, self.auxiliary, self.parts, self.fewest)
        arms = [_Arm.of(rows, *given) for _, rows in self.frame.groupby("arm", sort=True)]
        more = _impute(arms, self.frame, self.seed, self.iterations, range(self.m, m), n_jobs)
        return replace(self, filled=(*self.filled, *more))


def impute(
    frame: pd.DataFrame,
    variables: Mapping[str, str],
    auxiliary: Sequence[str] = (),
    *,
    m: int,
    seed: int,
    iterations: int = 10,
    n_jobs: int = 1,
    fewest: int = 10,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Imputations:
    """Fill the gaps of a frame m times, by arm.

    Imputation k depends on (seed, k) alone: neither m nor the number of processes changes it.

    Parameters
    ----------
    frame : DataFrame
        One row a participant: ``arm``, ``cluster`` (missing where nothing is shared), and the
        variables. Scores on their own scale; imputed numbers are neither rounded nor cut off
        (Horton, Lipsitz and Parzen 2003, doi 10.1198/0003130032314).
    variables : mapping
        Column to ``numeric`` or ``categorical``: what the analysis reads.
    auxiliary : sequence of str
        Numeric columns that only help to impute, such as earlier scores; one that was observed
        fewer than `fewest` times in an arm is left out there.
    m, seed : int
    iterations : int
        Rounds of the chain; one is enough, and used, where one variable is incomplete.
    n_jobs : int
        Processes.
    fewest : int
        Times that a variable of an arm was observed, to help impute there.
    parts : mapping, optional
        Numeric variable to columns that hold an answered part of it: one seen in an arm beside the
        whole fewer than `fewest` times more than the regression has coefficients is left out there.

    Raises
    ------
    ImputationError
        If a variable of the analysis was observed too rarely in an arm to impute.
    """
    settings = (seed, iterations, fewest, parts or {})
    start = Imputations(frame, dict(variables), tuple(auxiliary), (), *settings)
    return start.extend(m, n_jobs)


def _impute(
    arms: Sequence[_Arm],
    frame: pd.DataFrame,
    seed: int,
    iterations: int,
    numbers: range,
    n_jobs: int,
) -> list[Filled]:
    places = [np.flatnonzero(frame["arm"] == arm) for arm in sorted(frame["arm"].unique())]
    one = partial(_impute_once, arms, seed, iterations)
    if n_jobs == 1 or len(numbers) < 2:
        drawn = [one(number) for number in numbers]
    else:
        with ProcessPoolExecutor(n_jobs) as pool:
            drawn = list(pool.map(one, numbers, chunksize=-(-len(numbers) // n_jobs)))
    return [_gather(frame, places, by_arm) for by_arm in drawn]


def _impute_once(arms: Sequence[_Arm], seed: int, iterations: int, number: int) -> list[Filled]:
    source = np.random.SeedSequence(seed, spawn_key=(number,))
    rngs = [np.random.default_rng(child) for child in source.spawn(len(arms))]
    return [arm.run(iterations, rng) for arm, rng in zip(arms, rngs, strict=True)]


def _gather(frame: pd.DataFrame, places: list[Codes], by_arm: list[Filled]) -> Filled:
    """Put the arms' filled values back into the frame's order."""
    out: Filled = {}
    for name in dict.fromkeys(name for filled in by_arm for name in filled):
        values = frame[name].to_numpy(dtype=object, copy=True)
        missing = frame[name].isna().to_numpy()
        for place, filled in zip(places, by_arm, strict=True):
            if name in filled:
                values[place[missing[place]]] = filled[name]
        kind = float if pd.api.types.is_numeric_dtype(frame[name]) else object
        out[name] = values[missing].astype(kind)
    return out


@rowless
@dataclass(frozen=True)
class _Slot:
    """Columns of the matrix that one variable has: itself, or an indicator of each later level."""

    name: str
    columns: Codes
    levels: tuple[object, ...]  # empty for numbers
    missing: NDArray[np.bool_]
    parts: tuple[Floats, ...]  # answered parts of the variable, (n,) each, gaps as nan


@rowless
@dataclass(frozen=True)
class _Arm:
    """One arm's data as a matrix with an intercept, gaps as nan."""

    matrix: Floats
    slots: tuple[_Slot, ...]
    cluster: Codes
    clusters: int
    fewest: int

    @classmethod
    def of(
        cls,
        rows: pd.DataFrame,
        variables: Mapping[str, str],
        auxiliary: Sequence[str],
        parts: Mapping[str, Sequence[str]],
        fewest: int,
    ) -> _Arm:
        """Encode the rows of an arm."""
        helping = [name for name in auxiliary if rows[name].notna().sum() >= fewest]
        matrix: list[Floats] = [np.ones((len(rows), 1))]
        slots, width = [], 1
        for name, kind in {**variables, **dict.fromkeys(helping, "numeric")}.items():
            values, levels = _encode(rows[name], kind)
            columns = np.arange(width, width + values.shape[1])
            answered = tuple(rows[part].to_numpy(dtype=float) for part in parts.get(name, ()))
            slots.append(_Slot(name, columns, levels, rows[name].isna().to_numpy(), answered))
            matrix.append(values)
            width += values.shape[1]
        code, names = pd.factorize(rows["cluster"].astype(object))
        return cls(np.hstack(matrix), tuple(slots), code.astype(np.intp), len(names), fewest)

    def run(self, iterations: int, rng: np.random.Generator) -> Filled:
        """Run the chain once and return the last draw of every gap."""
        matrix = self.matrix.copy()
        gaps = [slot for slot in self.slots if slot.missing.any()]
        gaps.sort(key=lambda slot: int(slot.missing.sum()))
        for slot in gaps:
            observed = np.flatnonzero(~slot.missing)
            if len(observed) < 2:
                raise ImputationError(f"{slot.name} was observed fewer than two times in an arm")
            start = rng.choice(observed, int(slot.missing.sum()))
            matrix[np.ix_(slot.missing, slot.columns)] = matrix[np.ix_(start, slot.columns)]
        for _ in range(iterations if len(gaps) > 1 else 1):
            for slot in gaps:
                self._visit(matrix, slot, rng)
        return {slot.name: _decode(matrix, slot) for slot in gaps}

    def _visit(self, matrix: Floats, slot: _Slot, rng: np.random.Generator) -> None:
        x = np.delete(matrix, slot.columns, axis=1)
        gap, seen = slot.missing, ~slot.missing
        if slot.levels:
            codes = _codes(matrix[np.ix_(seen, slot.columns)])
            drawn = draw_categories(codes, x[seen], x[gap], len(slot.levels), rng)
            matrix[np.ix_(gap, slot.columns)] = np.eye(len(slot.levels))[drawn][:, 1:]
            return
        column = slot.columns[0]
        matrix[gap, column] = self._draw(matrix[:, column], x, seen, gap, rng)
        for part in slot.parts:
            known = ~np.isnan(part)
            if (gap & known).any() and (seen & known).sum() >= x.shape[1] + 1 + self.fewest:
                wide = np.column_stack([x, part])
                own = self._draw(matrix[:, column], wide, seen & known, gap & known, rng)
                matrix[gap & known, column] = own

    def _draw(
        self,
        y: Floats,
        x: Floats,
        seen: NDArray[np.bool_],
        gap: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> Floats:
        """Draw the gaps of a variable from its regression on x among those seen."""
        draw = draw_regression(y[seen], x[seen], self.cluster[seen], self.clusters, rng)
        return draw.outcome(x[gap], self.cluster[gap], rng)


def _encode(values: pd.Series, kind: str) -> tuple[Floats, tuple[object, ...]]:
    if kind == "numeric":
        return as_numbers(values, f"column {values.name}")[:, None], ()
    code, levels = pd.factorize(values.astype(object), sort=True)
    return np.eye(len(levels))[code][:, 1:], tuple(levels)


def _codes(indicators: Floats) -> Codes:
    if not indicators.size:
        return np.zeros(len(indicators), np.intp)
    return np.where(indicators.any(axis=1), indicators.argmax(axis=1) + 1, 0).astype(np.intp)


def _decode(matrix: Floats, slot: _Slot) -> NDArray[np.generic]:
    values = matrix[np.ix_(slot.missing, slot.columns)]
    if not slot.levels:
        return values[:, 0]
    return np.array(slot.levels, dtype=object)[_codes(values)]
