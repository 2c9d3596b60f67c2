"""Claims: from effects and the plan to verdicts with reasons. Imports nothing that fits a model."""
