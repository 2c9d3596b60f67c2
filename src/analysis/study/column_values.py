"""One column as the gate looks at it: each different text once, in plain letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.study import column_names
from analysis.study.identifiers import FREE_TEXT_LENGTH, LONGEST_CELL, normal
from analysis.study.personal_names import SHAPE

# Ids, which no form below can match where their letters are no word of identifiers.yaml.
_ID = re.compile(r"([A-Za-z]{0,12})[-_]?\d{1,8}[a-z]?")
_MOST_ROWS_ALIKE = 0.7  # entropy of a column of free text, of the largest that its rows could have
_FEWEST_TEXTS = 10


class Column:
    """The values that are there in one column; each different text is looked at once."""

    def __init__(self, values: pd.Series) -> None:
        self.values = values.dropna()
        self.words = frozenset(column_names.split(str(values.name)))

    @cached_property
    def is_date(self) -> bool:
        """Whether the column is of a type of dates."""
        dtype = self.values.dtype
        return pd.api.types.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype)

    @cached_property
    def is_number(self) -> bool:
        """Whether the column is of a type of numbers."""
        dtype = self.values.dtype
        return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)

    @cached_property
    def codes_and_texts(self) -> tuple[np.ndarray, list[str]]:
        """The place of each row's text among the different texts, and those."""
        codes, texts = pd.factorize(self.values.map(_as_text))
        return codes, list(texts)

    @cached_property
    def texts(self) -> list[str]:
        """The different texts, in plain letters; those too long for any form are empty here."""
        return ["" if len(one) > LONGEST_CELL else normal(one) for one in self.as_written]

    @property
    def as_written(self) -> list[str]:
        """The different texts as they stand in the file."""
        return self.codes_and_texts[1]

    @cached_property
    def looked_at(self) -> list[int]:
        """The places of the different texts that are no plain ids."""
        return [place for place, one in enumerate(self.texts) if not _is_id(one)]

    @cached_property
    def numbers(self) -> pd.Series:
        """Every value as a number; missing where it is none."""
        short = self.rows_at(
            place for place, one in enumerate(self.as_written) if len(one) <= LONGEST_CELL
        )
        values = self.values if self.is_number else self.values.loc[list(short)]
        return pd.to_numeric(values, errors="coerce").astype("float64").dropna()

    def rows_at(self, places: Iterator[int] | Collection[int]) -> tuple[int, ...]:
        """Return the rows of some of the different texts."""
        chosen = list(places)
        return tuple(self.values.index[np.isin(self.codes_and_texts[0], chosen)]) if chosen else ()

    def rows_where(self, test: Callable[[str], object]) -> tuple[int, ...]:
        """Return the rows of the texts that might identify and that the test says yes to."""
        return self.rows_at([place for place in self.looked_at if test(self.texts[place])])


def _is_id(text: str) -> bool:
    """Return whether a text is one figure with at most a few letters that mean nothing here."""
    found = _ID.fullmatch(text)
    return found is not None and found[1].lower() not in column_names.vocabulary()


def _as_text(value: object) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def rows_shaped_like_names(column: Column) -> tuple[int, ...]:
    """Return the rows of a column whose texts are two words with capitals that hardly recur."""
    texts = [column.as_written[place] for place in column.looked_at]
    shaped = [one.split() for one in texts if len(one) <= FREE_TEXT_LENGTH and SHAPE.match(one)]
    shaped = [one for one in shaped if all(word[0].isupper() for word in one)]
    if len(shaped) < max(_FEWEST_TEXTS, 0.8 * len(texts)):
        return ()
    different = min(len({one[end] for one in shaped}) for end in (0, -1))
    return column.rows_at(column.looked_at) if different >= 0.7 * len(shaped) else ()


def rows_that_all_differ(column: Column) -> tuple[int, ...]:
    """Return the rows of a column of several words each, where hardly two say the same.

    The entropy of the column's texts is held against the largest that its rows could have
    (Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x).
    """
    codes = column.codes_and_texts[0]
    worded = [
        place
        for place, one in enumerate(column.texts)
        if one.count(" ") > 1 and len(re.findall(r"[a-z]{2,}", one.lower())) >= 3
    ]
    if len(worded) < _FEWEST_TEXTS or len(worded) < 0.5 * len(column.texts):
        return ()
    shares = np.bincount(codes) / len(codes)
    entropy = -(shares * np.log2(shares)).sum() / np.log2(len(codes))
    return column.rows_at(worded) if entropy >= _MOST_ROWS_ALIKE else ()
