"""Who got which format, and why: propensity, balance, weighted and standardised effects."""

from analysis.effects.confounding.balance import balance_table, overlap_population
from analysis.effects.confounding.compare import compare_weighted
from analysis.effects.confounding.diagnostics import Thresholds, design_diagnostics
from analysis.effects.confounding.falsification import Control, Falsification, falsification
from analysis.effects.confounding.prepare import Design, make_design, weigh
from analysis.effects.confounding.propensity import Propensity, fit_propensity
from analysis.effects.confounding.responders import RiskDifference, risk_differences
from analysis.effects.confounding.specifications import specifications
from analysis.effects.confounding.unmeasured import (
    Strength,
    Unmeasured,
    measured_strength,
    unmeasured_confounding,
)
from analysis.effects.confounding.weights import Weights, balancing_weights

__all__ = [
    "Control",
    "Design",
    "Falsification",
    "Propensity",
    "RiskDifference",
    "Strength",
    "Thresholds",
    "Unmeasured",
    "Weights",
    "balance_table",
    "balancing_weights",
    "compare_weighted",
    "design_diagnostics",
    "falsification",
    "fit_propensity",
    "make_design",
    "measured_strength",
    "overlap_population",
    "risk_differences",
    "specifications",
    "unmeasured_confounding",
    "weigh",
]
