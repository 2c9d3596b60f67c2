"""From the cohort's tables to scores, outcomes and exposures. No model, no threshold of a claim."""
