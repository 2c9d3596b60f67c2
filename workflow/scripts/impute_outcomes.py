"""Impute outcomes: outcomes and earlier scores in, what was filled in for the unseen out."""

import json
import sys
from pathlib import Path

from analysis.records.effect import Effect
from analysis.records.limits import limits_of
from analysis.unseen import Material, MissingLimits, Plan, impute_cases

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    material = Material.load(
        snakemake.input,
        snakemake.params.config,
        snakemake.params.limits,
        limits=limits_of(MissingLimits, snakemake.params.limits["missing"]),
    )
    made = json.loads(Path(snakemake.input.effects).read_text(encoding="utf-8"))
    effects = {one["id"]: Effect.from_json(one) for one in made}
    claim = snakemake.params.claim
    models = {assignment: one[0] for assignment, one in claim["models"].items()}
    plan = Plan.of(claim["unseen"], snakemake.threads)
    table, notes = impute_cases(
        material, effects, models, plan, say=lambda text: print(text, file=sys.stderr)
    )
    table.to_parquet(snakemake.output.imputations)
    Path(snakemake.output.notes).write_text(json.dumps(notes, indent=1), encoding="utf-8")
