"""Published evidence beside the study: pooled effects from committed and shared tables.

The meta-analyses are imported when they are first asked for: judging a claim reads their results
only, and starts a third sooner without them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.evidence.covariance import build_v
    from analysis.evidence.pooling import pool
    from analysis.evidence.result import Pooled

__all__ = ["Pooled", "build_v", "pool"]
_HOMES = {"Pooled": "result", "build_v": "covariance", "pool": "pooling"}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
