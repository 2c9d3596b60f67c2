"""Read published evidence: committed tables in, each claim's source and the shown tables out."""

import json
import sys
from pathlib import Path

from analysis.evidence.store import named_sources
from analysis.evidence.tables import evidence_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    folder = Path(snakemake.input.judges).parent
    sources = {claim: one.to_json() for claim, one in named_sources(folder).items()}
    Path(snakemake.output.sources).write_text(json.dumps(sources, indent=1), encoding="utf-8")
    tables = evidence_tables(folder)
    for path in map(Path, snakemake.output.tables):
        tables[path.stem].to_parquet(path)
