"""Synthetic programs with a known truth: tables in the canonical raw shape and the answer key."""

from analysis.simulate.scenarios import make_truth
from analysis.simulate.study import Simulated, simulate_study, write_simulated
from analysis.simulate.truth import Truth

__all__ = ["Simulated", "Truth", "make_truth", "simulate_study", "write_simulated"]
