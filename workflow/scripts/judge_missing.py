"""Judge what is missing: ladder and tipping surface in, both held against the margin out."""

import sys
from pathlib import Path

import pandas as pd

from analysis.claims.unseen import judge_missing

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", buffering=1)
    made = {Path(path).stem: pd.read_parquet(path) for path in snakemake.input.tables}
    settings = snakemake.params
    found = judge_missing(made, settings.table, settings.margin, settings.bearing)
    for path in map(Path, snakemake.output.tables):
        found[path.stem].to_parquet(path)
