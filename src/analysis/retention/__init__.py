"""Staying in treatment: who takes it up, who leaves early, who completes."""

from analysis.retention.estimate import estimate_retention
from analysis.retention.incidence import Incidence, incidence, incidence_table
from analysis.retention.staying import compare_retention
from analysis.retention.stays import stay_table

__all__ = [
    "Incidence",
    "compare_retention",
    "estimate_retention",
    "incidence",
    "incidence_table",
    "stay_table",
]
