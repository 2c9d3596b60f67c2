"""Describe a study: measures in, the aggregates that figures and tables show out."""

import sys
from pathlib import Path

import pandas as pd

from analysis.adjust.sparse import sparse_flow
from analysis.cohort import restrict
from analysis.measures.describe import describe_study
from analysis.study.store import read_frame, read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    ids = read_frame(snakemake.input.cohort)["episode_id"]
    parts = ("flow", "outcomes", "repeated", "sessions", "weeks")
    tables = restrict(read_tables(Path(snakemake.input.tables[0]).parent), ids)
    described = describe_study(
        tables,
        **{part: read_frame(snakemake.input[part]) for part in parts},
        config=snakemake.params.config,
        windows=snakemake.params.windows,
    )
    flow, fewest = described["flow"], snakemake.params.limits["weighting"]["fewest_of_level"]
    told = (tables["episodes"], snakemake.params.config, fewest["value"], flow["step"].max())
    described["flow"] = pd.concat([flow, sparse_flow(*told)], ignore_index=True)
    for path in map(Path, snakemake.output.tables):
        described[path.stem].to_parquet(path)
