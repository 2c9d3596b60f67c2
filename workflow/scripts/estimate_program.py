"""Estimate the whole program: measures and contrasts in, one estimate a part of a claim out.

Beside them stand the gains of members by what their groups were like.
"""

import json
import sys
from pathlib import Path

import pandas as pd

from analysis.adjust import Thresholds
from analysis.cohort import restrict
from analysis.measures.instruments import load_instruments
from analysis.program import Program, ProgramLimits, estimate_program, profiles
from analysis.records.effect import Effect
from analysis.records.limits import limits_of
from analysis.study.store import read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    ids = pd.read_parquet(snakemake.input.cohort)["episode_id"]
    tables = restrict(read_tables(Path(snakemake.input.tables[0]).parent), ids)
    registry = load_instruments(Path(snakemake.input.instruments))
    compared = json.loads(Path(snakemake.input.comparisons).read_text(encoding="utf-8"))
    program = Program(
        tables=tables,
        **{
            part: pd.read_parquet(snakemake.input[part])
            for part in ("scores", "outcomes", "sessions", "weeks")
        },
        comparisons=[Effect.from_json(one) for one in compared],
        config=snakemake.params.config,
        registry=registry,
        thresholds=limits_of(Thresholds, snakemake.params.limits["weighting"]),
        limits=limits_of(ProgramLimits, snakemake.params.limits["program"]),
    )
    effects = estimate_program(program, snakemake.params.claims)
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
    profiles(program).to_parquet(snakemake.output.profiles)
