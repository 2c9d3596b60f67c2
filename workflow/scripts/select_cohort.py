"""Select the cohort: canonical tables in, who counts, the flow and each contrast's design out."""

import json
import sys
from pathlib import Path

import pandas as pd

from analysis.cohort import select_cohort
from analysis.measures.clusters import designs
from analysis.study.store import read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    config = snakemake.params.config
    cohort = select_cohort(read_tables(Path(snakemake.input.tables[0]).parent), config)
    pd.DataFrame({"episode_id": cohort.episodes}).to_parquet(snakemake.output.cohort)
    cohort.flow.to_parquet(snakemake.output.flow)
    Path(snakemake.output.designs).write_text(
        json.dumps(designs(cohort.tables, config), indent=1), encoding="utf-8"
    )
