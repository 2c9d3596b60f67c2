"""Formulas as users know them (formulaic), evaluated on rows or on participants."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionDtype

from analysis.engine.levels import Factor
from analysis.records.errors import ModelInputError, check_type
from analysis.study.rowless import rowless

Floats = NDArray[np.floating]
Codes = NDArray[np.intp]

QUOTED = re.compile(r"`([^`]+)`")
CALLED = re.compile(r"(\w+)\s*\(")
UNFIT = "the new rows do not fit the formula"


def parse(formula: str) -> formulaic.Formula:
    """Parse ``outcome ~ fixed effects``.

    Raises
    ------
    ModelInputError
        If it is not text, cannot be read, or has no single left side.
    """
    check_type("formula", formula, str, "text")
    try:
        parsed = formulaic.Formula(formula)
        functions = set(CALLED.findall(QUOTED.sub("", formula)))
        if shadowed := functions & set(QUOTED.findall(formula)):
            raise ModelInputError("a column has the name of a function: " + ", ".join(shadowed))
    except (FormulaicError, TypeError, SyntaxError) as problem:
        raise ModelInputError(f"the formula cannot be read: {formula}") from problem
    if len(list(getattr(parsed, "lhs", ()))) != 1:
        raise ModelInputError(f"the formula needs one outcome on its left side: {formula}")
    return parsed


def used_columns(parsed: Any, side: str | None = None) -> list[str]:
    """Columns that the formula (or one side of it, ``lhs`` or ``rhs``) reads."""
    part = parsed if side is None else getattr(parsed, side)
    sides = [part] if side or not hasattr(part, "lhs") else [part.lhs, part.rhs]
    found: set[str] = set()
    for factor in (one for each in sides for term in each for one in term.factors):
        if factor.eval_method.value == "lookup":
            found.add(str(factor.expr))
        elif factor.eval_method.value == "python":
            found |= _names(str(factor.expr))
    return sorted(found)


def _names(code: str) -> set[str]:
    """Find the columns in a term's code: quoted names, and names that are not called."""
    tree = list(ast.walk(ast.parse(QUOTED.sub("0", code), mode="eval")))
    called = {id(one.func) for one in tree if isinstance(one, ast.Call)}
    called |= {id(one.value) for one in tree if isinstance(one, ast.Attribute)}
    plain = {one.id for one in tree if isinstance(one, ast.Name) and id(one) not in called}
    return plain | set(QUOTED.findall(code))


def looked_up(parsed: formulaic.Formula) -> set[str]:
    """Columns of the right side that every term takes as they are, untransformed."""
    factors = [one for term in parsed.rhs for one in term.factors]
    plainly = {str(one.expr) for one in factors if one.eval_method.value == "lookup"}
    code = " ".join(str(one.expr) for one in factors if one.eval_method.value == "python")
    return plainly - set(re.findall(r"\w+", code))


def plain(frame: pd.DataFrame, parsed: Any) -> pd.DataFrame:
    """Columns that a formula reads, of pandas' nullable types, as NumPy objects and floats."""
    turned: dict[str, Any] = {}
    for name in used_columns(parsed):
        column = frame[name] if name in frame.columns else pd.Series(dtype=float)
        if isinstance(column.dtype, pd.StringDtype):
            turned[name] = column.astype(object)
        elif isinstance(column.dtype, ExtensionDtype) and column.dtype.kind in "iufb":
            turned[name] = column.to_numpy(dtype=float, na_value=np.nan)
    return frame.assign(**turned) if turned else frame


@rowless
@dataclass(frozen=True)
class FixedEffects:
    """The fixed effects of a formula over complete rows; matrices are made when asked for.

    `slope` and `people` are the time column and the participants of repeated outcomes.
    """

    parsed: formulaic.Formula
    frame: pd.DataFrame
    slope: str | None = None
    people: Factor | None = None

    @cached_property
    def spec(self) -> formulaic.ModelSpec:
        """The fitted specification: levels and contrasts of every factor, for prediction."""
        return self._evaluate(self.frame)[1]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.spec.column_names)

    @property
    def terms(self) -> dict[str, tuple[int, ...]]:
        """Term name to the indices of its columns."""
        return {str(term): tuple(where) for term, where in self.spec.term_indices.items()}

    def matrix(self, frame: pd.DataFrame | None = None) -> Floats:
        """Model matrix of all rows, (n, p), or of one row a participant."""
        matrix, spec = self._evaluate(self.frame if frame is None else frame)
        self.__dict__.setdefault("spec", spec)
        return matrix

    @cached_property
    def whole(self) -> Floats:
        """Model matrix of all rows, kept for repeated use."""
        return self.matrix()

    @cached_property
    def by_participant(self) -> tuple[Floats, Codes] | None:
        """See `participant_design`; kept for other outcomes on the same design."""
        return participant_design(self)

    def predictor(self, frame: pd.DataFrame) -> Floats:
        """Model matrix of new rows under the same coding; nan in rows where something is missing.

        Raises
        ------
        ModelInputError
            If a column is missing, is not numeric where the fit took numbers, or holds a level
            that the fit never saw; the message names it.
        """
        check_type("the new rows", frame, pd.DataFrame, "a table")
        names = used_columns(self.parsed.rhs)
        if absent := [name for name in names if name not in frame.columns]:
            raise ModelInputError(f"{UNFIT}: no column " + ", ".join(absent))
        rows = plain(frame[names].reset_index(drop=True), self.parsed.rhs)
        self._check_levels(rows)
        gaps = rows.isna().any(axis=1).to_numpy()
        out = np.full((len(rows), len(self.names)), np.nan)
        if gaps.all():
            return out
        try:
            made = self.spec.get_model_matrix(rows[~gaps], output="numpy", na_action="ignore")
        except (FormulaicError, KeyError, TypeError, ValueError):
            raise ModelInputError(UNFIT) from None
        out[~gaps] = np.asarray(made, dtype=float)
        return out

    def _check_levels(self, rows: pd.DataFrame) -> None:
        """Refuse levels that the fit never saw, and text in place of numbers."""
        spec, levelled = self.spec, set()
        for factor, variables in spec.factor_variables.items():
            kind = spec.encoder_state.get(factor.expr, (None,))[0]
            if kind is not None and kind.value == "categorical":
                levelled |= {str(one) for one in variables} & set(rows.columns)
        for name in rows.columns:
            if name in levelled:
                known = pd.Index(self.frame[name].unique())
                if not rows[name].dropna().isin(known).all():
                    raise ModelInputError(f"{UNFIT}: a level of {name} that was not seen")
            elif not pd.api.types.is_numeric_dtype(rows[name]):
                raise ModelInputError(f"{UNFIT}: column {name} is not numeric")

    def _evaluate(self, frame: pd.DataFrame) -> tuple[Floats, formulaic.ModelSpec]:
        try:
            matrix = self.parsed.rhs.get_model_matrix(frame, output="numpy", na_action="ignore")
        except FormulaicError as problem:
            factor = re.search(r"factor `(.*?)`", str(problem))
            named = "" if factor is None else f": {factor[1]}"
            raise ModelInputError(f"the fixed effects cannot be computed{named}") from None
        values = np.asarray(matrix, dtype=float)
        if not np.isfinite(values).all():
            bad = np.flatnonzero(~np.isfinite(values).all(axis=0))
            named = ", ".join(matrix.model_spec.column_names[at] for at in bad)
            raise ModelInputError(f"the fixed effects have missing or infinite values: {named}")
        return values, matrix.model_spec

    @staticmethod
    def outcome(parsed: formulaic.Formula, frame: pd.DataFrame) -> Floats:
        """Outcome of every row.

        Raises
        ------
        ModelInputError
            If it is not numeric or not finite.
        """
        expression = str(next(iter(parsed.lhs)))
        try:
            if expression in frame.columns:
                values = frame[expression].to_numpy(dtype=float)
            else:
                side = parsed.lhs.get_model_matrix(frame, output="numpy", na_action="ignore")
                values = np.asarray(side, dtype=float)[:, 0]
        except (FormulaicError, TypeError, ValueError):
            raise ModelInputError(f"the outcome {expression} is not numeric") from None
        if not np.isfinite(values).all():
            raise ModelInputError(f"the outcome {expression} has missing or infinite values")
        return values


@rowless
@dataclass(frozen=True)
class SampledDesign(FixedEffects):
    """The fixed effects of rows drawn, perhaps repeatedly, from another design."""

    source: FixedEffects | None = None
    rows: Codes | None = None

    @cached_property
    def spec(self) -> formulaic.ModelSpec:
        """The source's specification."""
        assert self.source is not None
        return self.source.spec

    def matrix(self, frame: pd.DataFrame | None = None) -> Floats:
        """Model matrix of the drawn rows, from the source's."""
        assert self.source is not None and self.rows is not None
        return self.source.whole[self.rows]


def participant_design(design: FixedEffects) -> tuple[Floats, Codes] | None:
    """Model matrix a participant: every column as own values times time to the power 0 or 1.

    Parameters
    ----------
    design : FixedEffects
        The fixed effects, and the participants.

    Returns
    -------
    own : (P, p) array
        Participant's factor of each column.
    timed : (p,) array of 0 or 1
        Power of the slope's time in each column.
    None
        Where the formula transforms a column, a covariate changes within a participant, or the
        rows are drawn from another design.
    """
    people = design.people
    if people is None:
        return None
    factors = {str(term): list(term.factors) for term in design.parsed.rhs}
    kinds = {str(one.expr): one.eval_method.value for each in factors.values() for one in each}
    if any(kind not in ("lookup", "literal") for kind in kinds.values()):
        return None
    frame, time = design.frame, design.slope
    columns = [name for name, kind in kinds.items() if kind == "lookup" and name != time]
    if any(not people.is_constant(_comparable(frame[name])) for name in columns):
        return None
    values: dict[str, Any] = {name: frame[name].array.take(people.first) for name in columns}
    if time is not None and time in kinds:
        if frame[time].dtype.kind not in "fiu":
            return None
        values[time] = 1.0
    own = design.matrix(pd.DataFrame(values, index=range(len(people)), copy=False))
    timed = np.zeros(own.shape[1], dtype=np.intp)
    for term, where in design.terms.items():
        if any(str(factor.expr) == time for factor in factors[term]):
            timed[list(where)] = 1
    return own, timed


def _comparable(column: pd.Series) -> NDArray[np.generic]:
    """Values, or the codes of categories, which compare faster."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.codes
    return column.to_numpy()
