"""Estimate the whole program: measures and contrasts in, one estimate a part of a claim out.

Beside them stand the gains of members by what their groups were like.
"""

import json
import sys
from pathlib import Path

from analysis.comparison.question import ClusterLimits
from analysis.program import Program, ProgramLimits, Shown, estimate_program, profiles
from analysis.records.effect import Effect
from analysis.records.limits import limits_of

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    compared = json.loads(Path(snakemake.input.comparisons).read_text(encoding="utf-8"))
    program = Program.load(
        snakemake.input,
        snakemake.params.config,
        snakemake.params.limits,
        comparisons=[Effect.from_json(one) for one in compared],
        limits=limits_of(ProgramLimits, snakemake.params.limits["program"]),
        clusters=limits_of(ClusterLimits, snakemake.params.limits["clusters"]),
    )
    effects = estimate_program(program, snakemake.params.claims)
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
    shown = limits_of(Shown, snakemake.params.limits["shown"])
    profiles(program, shown).to_parquet(snakemake.output.profiles)
