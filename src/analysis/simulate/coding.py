"""How numbers and codes become pseudonyms and words."""

from __future__ import annotations

import numpy as np
import pandas as pd


def pseudonym(prefix: str, number: np.ndarray | pd.Series | pd.Index, width: int) -> np.ndarray:
    """Return pseudonyms such as e0001 for numbers from 0; missing below 0."""
    number = np.asarray(number)
    made = prefix + pd.Series(number + 1).astype(str).str.zfill(width)
    return made.where(number >= 0, None).to_numpy(dtype=object)


def pick(words: tuple[str | None, ...], code: np.ndarray | pd.Series) -> np.ndarray:
    """Return the word of each code; code -1 is the last word."""
    return np.asarray(np.array(words, dtype=object)[np.asarray(code, dtype=int)])


def draw_codes(
    shares: tuple[tuple[float, ...], ...], row: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw a code for everyone from the row of shares that is theirs."""
    reached = rng.random(len(row))[:, None] >= np.cumsum(shares, axis=1)[row, :-1]
    return np.asarray(reached.sum(axis=1))


def whole(values: np.ndarray | pd.Series) -> pd.Series:
    """Return whole numbers that may be missing, with a plain index."""
    return pd.Series(np.asarray(values)).astype("Int64")
