"""Score outcomes: the cohort in, scores, outcomes and repeated measures out; logs the reading."""

import sys
from pathlib import Path

from analysis.claims.events import record_outcomes_read
from analysis.cohort import restrict
from analysis.measures.instruments import load_instruments
from analysis.measures.outcomes import outcome_table, repeated_table
from analysis.measures.scoring import score_assessments
from analysis.study.store import read_frame, read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    config = snakemake.params.config
    record_outcomes_read(Path(snakemake.params.plan_log))
    whole = read_tables(Path(snakemake.input.tables[0]).parent)
    tables = restrict(whole, read_frame(snakemake.input.cohort)["episode_id"])
    registry = load_instruments(Path(snakemake.input.instruments))
    scores = score_assessments(tables, registry)
    outcomes = outcome_table(tables, scores, config, registry)
    scores.to_parquet(snakemake.output.scores)
    outcomes.to_parquet(snakemake.output.outcomes)
    repeated_table(tables, scores, config, registry).to_parquet(snakemake.output.repeated)
