"""Times that differ in their last bits only are one time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.records.errors import as_numbers

Floats = NDArray[np.floating]

LAST_BITS = 1e-12  # of the largest time; survival's timefix allows 1.5e-8 of the mean


def reach(times: ArrayLike) -> float:
    """Say by how much two of these times may differ and still be one."""
    size = np.abs(as_numbers(times, "times"))
    return LAST_BITS * float(size[np.isfinite(size)].max(initial=0.0))


def one_time(times: Any) -> Floats:
    """Give times that differ by rounding only one value, the earliest of them.

    0.1 + 0.2 and 0.3 are one time, as in the R package survival (Therneau 2024, `aeqSurv`): else
    ties are missed, and who is at risk is miscounted.

    Parameters
    ----------
    times : (n,) array
        Any numbers; missing and infinite ones stay as they are.

    Returns
    -------
    (n,) array
    """
    out: Floats = np.array(as_numbers(times, "times"))
    known = np.isfinite(out)
    levels, codes = np.unique(out[known], return_inverse=True)
    starts = np.flatnonzero(np.diff(levels, prepend=-np.inf) > reach(levels))
    out[known] = levels[starts[np.searchsorted(starts, codes, side="right") - 1]]
    return out
