"""The limits of the shipped plan, for benchmarks and tests of the functions that take them."""

from pathlib import Path

from analysis.effects.confounding import Thresholds
from analysis.effects.dose import DoseThresholds
from analysis.effects.limits import limits_of
from analysis.effects.missing import MissingLimits
from analysis.effects.program import ProgramLimits
from analysis.study.documents import read_yaml

PLAN = Path(__file__).resolve().parents[1] / "config" / "claims.yaml"
LIMITS = read_yaml(PLAN)["limits"]
WEIGHTING = limits_of(Thresholds, LIMITS["weighting"])
DOSE = limits_of(DoseThresholds, LIMITS["dose"])
MISSING = limits_of(MissingLimits, LIMITS["missing"])
PROGRAM = limits_of(ProgramLimits, LIMITS["program"])
