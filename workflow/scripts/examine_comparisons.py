"""Examine comparisons: effects and outcomes in, overlap, responders and specifications out."""

import json
import sys
from pathlib import Path

from analysis.dose import DoseThresholds
from analysis.records.effect import Effect
from analysis.records.limits import limits_of
from analysis.scrutiny import Scrutiny, examine

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    made = [
        one
        for path in snakemake.input.effects
        for one in json.loads(Path(path).read_text(encoding="utf-8"))
    ]
    claim = snakemake.params.claim
    case = Scrutiny.load(
        snakemake.input,
        snakemake.params.config,
        snakemake.params.limits,
        effects={one["id"]: Effect.from_json(one) for one in made},
        models={key: models[0] for key, models in claim["models"].items()},
        instrument=snakemake.params.instrument,
        specifications=claim["specifications"],
        per_protocol=claim["per_protocol"],
        dose=limits_of(DoseThresholds, snakemake.params.limits["dose"]),
    )
    found = examine(case)
    for path in map(Path, snakemake.output):
        found[path.stem].to_parquet(path)
