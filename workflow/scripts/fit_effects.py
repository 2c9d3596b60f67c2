"""Fit effects: outcomes in, one estimate for each contrast, outcome and model; balance out."""

import json
import sys
from pathlib import Path

import pandas as pd

from analysis.adjust import Thresholds
from analysis.adjust.contrasts import estimate_contrasts
from analysis.cohort import restrict
from analysis.measures.instruments import load_instruments
from analysis.records.limits import limits_of
from analysis.study.store import read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    ids = pd.read_parquet(snakemake.input.cohort)["episode_id"]
    effects, balance = estimate_contrasts(
        tables=restrict(read_tables(Path(snakemake.input.tables[0]).parent), ids),
        outcomes=pd.read_parquet(snakemake.input.outcomes),
        repeated=pd.read_parquet(snakemake.input.repeated),
        config=snakemake.params.config,
        registry=load_instruments(Path(snakemake.input.instruments)),
        thresholds=limits_of(Thresholds, snakemake.params.limits["weighting"]),
    )
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
    balance.to_parquet(snakemake.output.balance)
