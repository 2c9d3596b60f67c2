"""A comparison looked at from all sides: overlap, responders, what was not measured, robustness."""

from analysis.scrutiny.examine import TABLES, Scrutiny, examine
from analysis.scrutiny.intercurrent import intercurrent_events

__all__ = ["TABLES", "Scrutiny", "examine", "intercurrent_events"]
