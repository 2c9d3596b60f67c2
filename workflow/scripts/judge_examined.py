"""Judge what was examined: specifications, ladder and tipping surface in, verdicts out."""

import sys
from pathlib import Path

import pandas as pd

from analysis.claims.examined import judge_examined

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    plan = snakemake.params
    found = judge_examined(
        {Path(path).stem: pd.read_parquet(path) for path in snakemake.input.examined},
        plan.table,
        plan.margin,
        asked=plan.asked,
        bearing=plan.bearing,
    )
    for path in map(Path, snakemake.output.tables):
        found[path.stem].to_parquet(path)
