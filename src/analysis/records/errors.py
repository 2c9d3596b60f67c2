"""Named failures of estimation; each is recorded and shown, never turned into a verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class EstimationError(Exception):
    """An estimate could not be made. The message says why, without any participant's value."""


class ModelInputError(EstimationError):
    """The data or the formula do not fit the model that was asked for."""


class InsufficientDataError(ModelInputError):
    """The data do not hold what is asked: the estimate is withheld, and nothing broke."""

    code = "too_few_data"


class RankDeficientError(InsufficientDataError):
    """Columns of the fixed effects are linear combinations of others. The message names them."""


class TooFewGroupsError(InsufficientDataError):
    """There are too few therapy groups to estimate the group variance."""


class ConvergenceError(EstimationError):
    """The optimiser did not reach a verified optimum."""


def as_numbers(values: Any, what: str) -> NDArray[np.floating]:
    """Turn a column into floats, gaps as nan.

    Raises
    ------
    ModelInputError
        If it holds something else; the message names `what`, never a value.
    """
    try:
        if isinstance(values, pd.Series):
            return values.to_numpy(dtype=float, na_value=np.nan)
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ModelInputError(f"{what} must hold numbers only") from None


def check_type(what: str, value: object, kind: type | tuple[type, ...], wanted: str) -> None:
    """Raise `ModelInputError` where an argument is of another kind, without showing it.

    Swapped arguments would else put a table's rows into a message.
    """
    if not isinstance(value, kind):
        raise ModelInputError(f"{what} must be {wanted}, not a {type(value).__name__}")
