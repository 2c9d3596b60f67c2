"""Estimate retention: the cohort's stays in, estimates and cumulative incidences out."""

import json
import sys
from pathlib import Path

from analysis.claims.events import record_outcomes_read
from analysis.cohort import restrict
from analysis.retention import estimate_retention
from analysis.study.store import read_frame, read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    record_outcomes_read(Path(snakemake.params.plan_log))
    ids = read_frame(snakemake.input.cohort)["episode_id"]
    effects, incidence = estimate_retention(
        tables=restrict(read_tables(Path(snakemake.input.tables[0]).parent), ids),
        config=snakemake.params.config,
        claims=snakemake.params.claims,
    )
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
    incidence.to_parquet(snakemake.output.incidence)
