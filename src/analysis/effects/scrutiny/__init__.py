"""A comparison looked at from all sides: overlap, responders, what was not measured, robustness."""

from analysis.effects.scrutiny.examine import TABLES, Case, examine
from analysis.effects.scrutiny.intercurrent import intercurrent_events

__all__ = ["TABLES", "Case", "examine", "intercurrent_events"]
