"""A public table as it may leave: counts suppressed and rounded, what hangs on them with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.disclosure.counted import PERSONS, cells_of, declared, is_implied
from analysis.disclosure.counts import SUPPRESSED, beside, published
from analysis.disclosure.profile import Profile
from analysis.disclosure.suppress import suppressed

if TYPE_CHECKING:
    import pandas as pd

MEANS = ("mean", "sd")


def protected(
    name: str, table: pd.DataFrame, profile: Profile
) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return a table whose counts of persons follow a profile.

    Small counts are hidden, others so that no sum gives them back; the rest is rounded. Shares are
    those of the rounded counts, statistics beside a hidden count are hidden, means have no more
    decimals than give no exact n. A hidden cell is missing, never zero.

    Counts of sessions, weeks, rows and clusters stay as they are: how many people are behind them
    is not in the table.

    Parameters
    ----------
    name : str
        The public table, as counted.yaml declares it.
    table : DataFrame
        True counts.
    profile : Profile

    Returns
    -------
    DataFrame
        With the same rows and columns.
    frozenset of str
        The cells that are hidden, ``table.column[row]``.
    """
    rules = declared().get(name, {})
    frame = table.reset_index(drop=True).copy()
    cells, sums = cells_of(name, frame)
    if not cells:
        return frame, frozenset()
    largest = max(cells.values()) + profile.smallest
    hidden = suppressed(cells, sums, profile, largest, [one for one in cells if is_implied(one)])
    shown: dict[str, list[int | None]] = {}
    for column, unit in rules["counts"].items():
        if unit in PERSONS:
            shown[column] = [
                _shown(cells.get(one), one in hidden, profile)
                for one in (f"{name}.{column}[{row}]" for row in frame.index)
            ]
    _mask(frame, rules, shown, profile)
    for column, counts in shown.items():
        frame[column] = counts
        frame[column] = frame[column].astype("Int64")
    return frame, hidden


def _shown(count: int | None, is_hidden: bool, profile: Profile) -> int | None:
    return SUPPRESSED if count is None or is_hidden else published(count, profile)


def _mask(
    frame: pd.DataFrame,
    rules: Mapping[str, Any],
    shown: Mapping[str, list[int | None]],
    profile: Profile,
) -> None:
    """Derive shares from the shown counts, and hide what stands beside a hidden one, in place."""
    for column, count in rules.get("beside", {}).items():
        hidden = [one is SUPPRESSED for one in shown[count]]
        frame[column] = frame[column].astype("float64").mask(hidden)
        if column in MEANS:
            frame[column] = [
                beside(one, {column: value}, profile)[column]
                for one, value in zip(shown[count], frame[column], strict=True)
            ]
    for column, (part, whole) in rules.get("shares", {}).items():
        pairs = zip(shown[part], shown[whole], strict=True)
        frame[column] = [one / all_ if one is not None and all_ else None for one, all_ in pairs]
        frame[column] = frame[column].astype("float64")
