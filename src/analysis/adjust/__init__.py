"""Who got which format, and why: propensity, balance, weighted and standardised effects."""

from analysis.adjust.balance import balance_table, overlap_population
from analysis.adjust.design import Design, make_design, weigh
from analysis.adjust.diagnostics import Thresholds, design_diagnostics
from analysis.adjust.falsification import Control, Falsification, falsification
from analysis.adjust.measured import Measured
from analysis.adjust.propensity import Propensity, fit_propensity
from analysis.adjust.responders import RiskDifference, risk_differences
from analysis.adjust.specifications import specifications
from analysis.adjust.unmeasured import (
    Strength,
    Unmeasured,
    measured_strength,
    unmeasured_confounding,
)
from analysis.adjust.weighted import compare_weighted
from analysis.adjust.weights import Weights, balancing_weights

__all__ = [
    "Control",
    "Design",
    "Falsification",
    "Measured",
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
