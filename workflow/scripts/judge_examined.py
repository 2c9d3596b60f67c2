"""Judge what was examined: specifications and strength in, verdicts against the margin out."""

import sys
from pathlib import Path

import pandas as pd

from analysis.claims.examined import judge_examined

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", buffering=1)
    examined = {Path(path).stem: pd.read_parquet(path) for path in snakemake.input.unjudged}
    found = judge_examined(
        examined, snakemake.params.table, snakemake.params.margin, snakemake.params.asked
    )
    for path in map(Path, snakemake.output.tables):
        found[path.stem].to_parquet(path)
