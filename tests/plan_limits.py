"""The functions that take limits of the plan, with the shipped plan's, for tests of all else."""

from functools import partial

from benchmarks.plan_limits import DOSE, MISSING, PROGRAM, WEIGHTING

from analysis import adjust as confounding
from analysis import unseen as missing
from analysis.dose import dose_tables
from analysis.dose.calibrate import calibrated_weights
from analysis.dose.checks import dose_checks
from analysis.dose.estimate import regression
from analysis.program.regress import regress

compare_weighted = partial(confounding.compare_weighted, thresholds=WEIGHTING)
design_diagnostics = partial(confounding.design_diagnostics, thresholds=WEIGHTING)
falsification = partial(confounding.falsification, thresholds=WEIGHTING)
fit_propensity = partial(confounding.fit_propensity, fewest=WEIGHTING.fewest_per_arm)
make_design = partial(confounding.make_design, thresholds=WEIGHTING)
risk_differences = partial(confounding.risk_differences, thresholds=WEIGHTING)

calibrated_weights = partial(calibrated_weights, truncated=DOSE.truncated)
dose_checks = partial(dose_checks, limits=DOSE, thresholds=WEIGHTING)
dose_tables = partial(dose_tables, limits=DOSE)
regression = partial(regression, varies=DOSE.varies)

compare_remaining = partial(missing.compare_remaining, limits=MISSING)
plausible_region = partial(missing.plausible_region, fewest=MISSING.fewest_left_seen)
remaining_weights = partial(missing.remaining_weights, certain=MISSING.certain)

regress = partial(regress, fewest=PROGRAM.fewest)
