"""Synthetic programs with a known truth: tables in the canonical raw shape and the answer key."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.simulate.scenarios import make_truth
    from analysis.simulate.study import Simulated, simulate_study, write_simulated
    from analysis.simulate.truth import Truth

__all__ = ["Simulated", "Truth", "make_truth", "simulate_study", "write_simulated"]

WHERE = {"make_truth": "scenarios", "Truth": "truth"}  # the others are in `study`


def __getattr__(name: str) -> Any:
    """Import what is asked for: a truth is checked at every start, without pandas."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{WHERE.get(name, 'study')}"), name)
