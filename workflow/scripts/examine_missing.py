"""Examine what is missing: imputations in, ladder of assumptions and tipping surface out."""

import json
import sys
from pathlib import Path

from analysis.records.effect import Effect
from analysis.records.limits import limits_of
from analysis.study.store import read_frame
from analysis.unseen import Material, MissingLimits, examine_missing

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
    stored = read_frame(snakemake.input.imputations)
    notes = json.loads(Path(snakemake.input.notes).read_text(encoding="utf-8"))
    found, rungs = examine_missing(material, effects, models, (stored, notes), claim["unseen"])
    for path in map(Path, [*snakemake.output.shown, *snakemake.output.unheld]):
        found[path.stem].to_parquet(path)
    text = json.dumps([one.to_json() for one in rungs], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
