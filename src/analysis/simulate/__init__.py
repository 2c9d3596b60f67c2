"""Synthetic programs with a known truth: tables in the canonical raw shape and the answer key."""

from analysis.simulate.study import Simulated, simulate_study, write_simulated
from analysis.simulate.truth import Truth, make_truth

__all__ = ["Simulated", "Truth", "make_truth", "simulate_study", "write_simulated"]
