"""The limits of the shipped plan, for benchmarks and tests of the functions that take them."""

from pathlib import Path

from analysis.adjust import Thresholds
from analysis.comparison.question import ClusterLimits
from analysis.dose import DoseThresholds
from analysis.evidence.literature import PublishedLimits
from analysis.program import ProgramLimits, Shown
from analysis.records.limits import limits_of
from analysis.study.documents import read_yaml
from analysis.unseen import MissingLimits

PLAN = Path(__file__).resolve().parents[1] / "config" / "claims.yaml"
LIMITS = read_yaml(PLAN)["limits"]
WEIGHTING = limits_of(Thresholds, LIMITS["weighting"])
DOSE = limits_of(DoseThresholds, LIMITS["dose"])
MISSING = limits_of(MissingLimits, LIMITS["missing"])
PROGRAM = limits_of(ProgramLimits, LIMITS["program"])
CLUSTERS = limits_of(ClusterLimits, LIMITS["clusters"])
PUBLISHED = limits_of(PublishedLimits, LIMITS["published"])
SHOWN = limits_of(Shown, LIMITS["shown"])
