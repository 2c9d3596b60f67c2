"""Publish results: private verdicts, effects, aggregates, evidence in; public tables out."""

import json
import sys
from pathlib import Path

from analysis.claims.summary import study_summary
from analysis.disclosure import publish, write_receipt
from analysis.records.effect import Effect, diagnostics_table, effects_table
from analysis.records.public_tables import datapackage
from analysis.study.documents import read_yaml
from analysis.study.store import read_frame


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    config, origin = snakemake.params.config, snakemake.params.config["data_origin"]
    effects = [Effect.from_json(one) for path in snakemake.input.effects for one in read(path)]
    tables = {Path(path).stem: read_frame(path) for path in snakemake.input.described}
    tables |= {"effects": effects_table(effects), "diagnostics": diagnostics_table(effects)}
    evidence = {Path(path).stem: read_frame(path) for path in snakemake.input.evidence}
    tables |= evidence
    registry = read_yaml(Path(snakemake.input.instruments))["instruments"]
    contents = {path: tables[Path(path).stem] for path in snakemake.output.tables}
    contents[snakemake.output.claims] = read(snakemake.input.verdicts)
    contents[snakemake.output.package] = datapackage(
        config["study"], config["title"], [Path(path).stem for path in snakemake.output.tables]
    )
    contents[snakemake.output.study] = study_summary(
        config,
        read(snakemake.input.designs),
        registry,
        effects,
        read(snakemake.input.data),
        suspicions=read(snakemake.input.suspicions),
    )
    published = [
        publish(one, Path(path), data_origin="published" if Path(path).stem in evidence else origin)
        for path, one in contents.items()
    ]
    write_receipt(published, Path(snakemake.output.receipt))
