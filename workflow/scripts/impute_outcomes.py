"""Impute outcomes: outcomes and earlier scores in, what was filled in for the unseen out."""

import json
import sys
from pathlib import Path

import pandas as pd

from analysis.cohort import restrict
from analysis.effects.effect import Effect
from analysis.effects.missing import Material, Plan, impute_cases
from analysis.effects.missing.examine import deciding_effects
from analysis.measures.instruments import load_instruments
from analysis.measures.scoring import score_assessments
from analysis.study.store import read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", buffering=1)
    ids = pd.read_parquet(snakemake.input.cohort)["episode_id"]
    tables = restrict(read_tables(Path(snakemake.input.tables[0]).parent), ids)
    registry = load_instruments(Path(snakemake.input.instruments))
    material = Material(
        tables=tables,
        scores=score_assessments(tables, registry),
        outcomes=pd.read_parquet(snakemake.input.outcomes),
        repeated=pd.read_parquet(snakemake.input.repeated),
        config=snakemake.params.config,
        registry=registry,
    )
    made = json.loads(Path(snakemake.input.effects).read_text())
    effects = {one["id"]: Effect.from_json(one) for one in made}
    claim = snakemake.params.claim
    models = {key: one[0] for key, one in claim["models"].items()}
    unseen = claim["unseen"]
    plan = Plan(
        seed=unseen["seed"],
        pilot=unseen["fewest"],
        most=unseen["most"],
        precision=unseen["precision"],
        n_jobs=snakemake.threads,
    )
    deciding = deciding_effects(material, effects, models)
    table, notes = impute_cases(
        material, deciding, plan, say=lambda text: print(text, file=sys.stderr)
    )
    table.to_parquet(snakemake.output.imputations)
    Path(snakemake.output.notes).write_text(json.dumps(notes, indent=1))
