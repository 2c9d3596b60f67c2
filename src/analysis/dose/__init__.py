"""Dose: hours of each format week by week, weighted against symptoms that came before them."""

from analysis.dose.analyse import TABLES, dose_tables
from analysis.dose.checks import DoseThresholds
from analysis.dose.history import History, weekly_history

__all__ = ["TABLES", "DoseThresholds", "History", "dose_tables", "weekly_history"]
