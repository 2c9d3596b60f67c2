"""Outcomes research on group and individual therapy: from canonical tables to verdicts."""

__version__ = "0.1.0"
