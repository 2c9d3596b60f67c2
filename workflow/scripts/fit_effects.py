"""Fit effects: outcomes in, one estimate for each contrast, outcome and model; balance out."""

import json
import sys
from pathlib import Path

from analysis.adjust import Measured
from analysis.adjust.contrasts import estimate_contrasts

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    measured = Measured.load(
        snakemake.input,
        snakemake.params.config,
        snakemake.params.limits,
    )
    effects, balance = estimate_contrasts(measured)
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
    balance.to_parquet(snakemake.output.balance)
