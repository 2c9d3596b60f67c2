"""Partially nested mixed models: exact, from sufficient statistics where the design is nested."""

from analysis.effects.mixed.fit import fit_mixed, fit_moments
from analysis.effects.mixed.gather import gather
from analysis.effects.mixed.moments import Moments
from analysis.effects.mixed.problem import build_problem
from analysis.effects.mixed.result import Contrast, MixedResult

__all__ = [
    "Contrast",
    "MixedResult",
    "Moments",
    "build_problem",
    "fit_mixed",
    "fit_moments",
    "gather",
]
