"""Validate a study: raw files in, canonical tables and doubts out, or one list of all problems."""

import json
import sys
from pathlib import Path

from analysis.measures.instruments import load_instruments
from analysis.measures.quality import admit_study, quality_table
from analysis.study.capabilities import capabilities
from analysis.study.problems import StudyError
from analysis.study.stamps import declared_files, digests, refuse_changed
from analysis.study.store import write_tables

if __name__ == "__main__":
    config = snakemake.params.config
    registry = load_instruments(Path(snakemake.input.instruments))
    found = digests(declared_files(config))
    try:
        tables, doubts = admit_study(config, Path.cwd(), registry)
        refuse_changed(config, found, Path.cwd())
    except StudyError as error:
        Path(snakemake.log[0]).write_text(error.report() + "\n", encoding="utf-8")
        sys.exit(1)
    Path(snakemake.log[0]).write_text("no problems\n", encoding="utf-8")
    quality_table(doubts).to_parquet(snakemake.output.quality)
    write_tables(tables, Path(snakemake.output.tables[0]).parent)
    for path, content in (
        (snakemake.output.capabilities, capabilities(tables, config)),
        (snakemake.output.digests, found),
    ):
        Path(path).write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
