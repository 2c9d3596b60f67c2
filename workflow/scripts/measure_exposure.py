"""Measure exposure: the study's tables and the cohort in, facts of sessions and weeks out.

Beside them stands what looks wrong in who received what.
"""

import json
import sys
from pathlib import Path

import pandas as pd

from analysis.claims.events import record_outcomes_read
from analysis.cohort import restrict
from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.suspicions import suspicions
from analysis.study.store import read_frame, read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    record_outcomes_read(Path(snakemake.params.plan_log))
    whole = read_tables(Path(snakemake.input.tables[0]).parent)
    cohort = restrict(whole, read_frame(snakemake.input.cohort)["episode_id"])
    sessions = session_facts(whole) if "sessions" in whole else pd.DataFrame()
    seen = {"sessions", "attendance"} <= set(whole)
    weeks = participant_weeks(cohort) if seen else pd.DataFrame()
    sessions.to_parquet(snakemake.output.sessions)
    weeks.to_parquet(snakemake.output.weeks)
    found = suspicions(whole, cohort, snakemake.params.config)
    Path(snakemake.output.suspicions).write_text(json.dumps(found, indent=1), encoding="utf-8")
