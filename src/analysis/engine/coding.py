"""Checks and codes of a data set's columns, with the named errors that bad input gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.engine.formula import looked_up, plain, used_columns
from analysis.engine.levels import SWEEP, Factor, code_factor
from analysis.records.errors import (
    InsufficientDataError,
    ModelInputError,
    TooFewGroupsError,
    check_type,
)

Floats = NDArray[np.floating]

NO_GROUP = ("", "-", ".", "0", "none", "no group", "no", "na", "n/a", "nan", "null")
Codes = NDArray[np.intp]


def check_kinds(data: Any, roles: list[Any], membership: Any) -> None:
    """Raise `ModelInputError` where an argument is not what its place asks for."""
    check_type("data", data, pd.DataFrame, "a table")
    check_type("membership", membership, (pd.DataFrame, type(None)), "a table")
    for role in roles:
        check_type("a role", role, (str, type(None)), "the name of a column")


def require_columns(data: pd.DataFrame, names: list[str]) -> None:
    """Raise `ModelInputError` unless the data have these columns, and rows."""
    missing = [name for name in dict.fromkeys(names) if name not in data.columns]
    if missing:
        raise ModelInputError("the data have no column " + ", ".join(missing))
    if not len(data):
        raise InsufficientDataError("the data have no rows")


def complete_rows(
    data: pd.DataFrame, needed: list[str], keep: list[str], parsed: formulaic.Formula
) -> pd.DataFrame:
    """Rows in which every needed column is present; the outcome is checked on the way.

    Columns of text come back as categories (sorted where the formula takes them as they are), so
    that no later step compares strings.
    """
    outcome, plainly = set(used_columns(parsed, side="lhs")), looked_up(parsed)
    read = set(used_columns(parsed))
    whole = np.ones(len(data), dtype=bool)
    columns: dict[str, Any] = {name: data[name] for name in dict.fromkeys(keep)}
    for name in needed:
        column = columns[name]
        if _plainly_complete(column):
            continue
        if is_text(column) and (name in plainly or name not in read):
            columns[name] = column = categories(column, ordered=name in plainly)
        missing = column.isna().to_numpy()
        if name in outcome and missing.all():
            raise InsufficientDataError(f"the outcome {name} is missing in every row")
        whole &= ~missing
        if column.dtype.kind == "f" and np.isinf(column[~missing].to_numpy(dtype=float)).any():
            raise ModelInputError(f"column {name} has infinite values")
    if not whole.any():
        raise InsufficientDataError("no row has all the columns that the model needs")
    frame = pd.DataFrame(columns, copy=False)
    if not whole.all():
        frame = frame[whole]
    levelled = [one for one in needed if isinstance(frame[one].dtype, pd.CategoricalDtype)]
    used = {
        one: frame[one].cat.remove_unused_categories()
        for one in levelled
        if not _all_used(frame[one])
    }
    return plain(frame.assign(**used) if used else frame, parsed)


def _all_used(column: pd.Series) -> bool:
    """Whether the first rows, else all, show every category of a column."""
    codes, count = column.cat.codes.to_numpy(), len(column.cat.categories)
    return any(len(np.unique(codes[:end])) >= count for end in (SWEEP, None))


def is_text(column: pd.Series) -> bool:
    """Whether a column holds strings or other objects."""
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def categories(column: pd.Series, *, ordered: bool) -> pd.Series:
    """Turn a column of text into categories, sorted or in the order of appearance."""
    if ordered:
        return pd.Series(pd.Categorical(np.asarray(column, dtype=object)), column.index)
    codes, levels = pd.factorize(column)
    return pd.Series(pd.Categorical.from_codes(codes, levels), column.index)


def _plainly_complete(column: pd.Series) -> bool:
    """Whether one sweep shows a column of numbers to be finite (cheaper than looking for gaps)."""
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"
    return kind in "iub" or (kind == "f" and bool(np.isfinite(column.to_numpy().sum())))


def numbers(frame: pd.DataFrame, name: str) -> Floats:
    """Read a column as floats; raise `ModelInputError` if it is not numeric."""
    try:
        return frame[name].to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise ModelInputError(f"column {name} is not numeric") from None


def positive_weights(frame: pd.DataFrame, name: str) -> Floats:
    """Read precision weights; raise `ModelInputError` if one is not positive."""
    weights = numbers(frame, name)
    if (weights <= 0).any():
        raise ModelInputError(f"precision weights {name} must be positive")
    return weights


def exposure(
    frame: pd.DataFrame, group: str | None, grouped: str | None, membership: pd.DataFrame | None
) -> Floats:
    """Exposure of every row to its group, in [0, 1]; raise `ModelInputError` where it cannot be."""
    if group is None:
        if grouped is not None:
            raise ModelInputError(f"{grouped} declares rows grouped but no group column is named")
        return np.zeros(len(frame))
    if grouped is not None:
        z = numbers(frame, grouped)
        if z.min() < 0 or z.max() > 1:
            raise ModelInputError(f"exposure {grouped} must lie in [0, 1]")
        if membership is None and ((z > 0) & frame[group].isna().to_numpy()).any():
            raise ModelInputError(
                f"{grouped} declares rows grouped whose {group} is missing: "
                "an arm declared grouped needs its therapy groups"
            )
        return z
    if membership is not None:
        return np.ones(len(frame))
    return np.asarray(frame[group].notna().to_numpy(), dtype=float)


def says_none(label: object) -> bool:
    """Whether a label of a group says in words that there is none."""
    return isinstance(label, str) and label.strip().lower() in NO_GROUP


def check_no_group(frame: pd.DataFrame, group: str, known: Factor, columns: Sequence[str]) -> None:
    """Refuse labels of groups that stand for having none, where labels alone say who is exposed.

    A blank or a word for none; or one "group" that is everybody at one of the two values of a
    column of the model, such as an arm, and is called 0 or is twice as large as any other, while
    the other value has several groups.

    Raises
    ------
    ModelInputError
    """
    says = [says_none(one) for one in known.levels]
    remedy = f"leave {group} missing where no group acts, or name who is exposed with `grouped`"
    if any(says):
        raise ModelInputError(f"{sum(says)} label of {group} says that there is none: {remedy}")
    size = np.bincount(known.codes[known.codes >= 0], minlength=len(known))
    large = size == size.max() if size.max() >= 2 * np.sort(size)[-2] else size < 0
    zero = np.array([not isinstance(one, str) and one == 0 for one in known.levels])
    for code in np.flatnonzero(large | zero) if len(known) > 2 else ():
        inside = known.codes == code
        for name in columns:
            alike = (frame[name] == frame[name][inside].iloc[0]).to_numpy()
            if (alike == inside).all() and frame[name][~inside].nunique() == 1:
                raise ModelInputError(f"one label of {group} is everybody of one {name}: {remedy}")


def code_groups(column: pd.Series, z: Floats, people: Factor | None) -> Factor:
    """Code the therapy groups that act, and refuse designs whose group variance has no support."""
    acting = np.flatnonzero(z > 0)
    if not len(acting):
        raise InsufficientDataError(f"no row has a therapy group in {column.name}")
    known = code_factor(column.take(acting))
    inner, levels = known.codes, known.levels
    codes = np.full(len(z), -1, dtype=np.intp)
    codes[acting] = inner
    if len(levels) < 2:
        raise TooFewGroupsError("there is one therapy group only: its variance has no estimate")
    n_units = len(acting)
    if people is not None:
        units, short = people.codes[acting], inner.astype(np.min_scalar_type(-len(levels)))
        first = np.full(len(people), -1, dtype=short.dtype)
        first[units] = short
        if (first[units] != short).any():
            raise ModelInputError(
                "some participants are in two therapy groups: give their membership weights"
            )
        n_units = int((first >= 0).sum())
    if n_units == len(levels):
        raise TooFewGroupsError(
            "every therapy group has one participant: its variance is not separable"
        )
    return Factor(codes, levels)
