"""Estimate fidelity: facts of sessions and weeks in, shares inside the article's windows out."""

import json
import sys
from pathlib import Path

import pandas as pd

from analysis.effects.fidelity import estimate_fidelity

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", buffering=1)
    config = snakemake.params.config
    effects = estimate_fidelity(
        sessions=pd.read_parquet(snakemake.input.sessions),
        weeks=pd.read_parquet(snakemake.input.weeks),
        claims=snakemake.params.claims,
        group_arms=[arm for arm, one in config["arms"].items() if one["format"] == "group"],
        data_origin=config["data_origin"],
    )
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text)
