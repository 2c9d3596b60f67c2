"""Publish the plan: the resolved plan and its log in, one public file out."""

import sys
from pathlib import Path

from analysis.claims.plan import changed_after_outcomes, plan_hash, public_log, read_log
from analysis.disclosure import publish

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    entries = read_log(Path(snakemake.params.plan_log))
    content = {
        "hash": plan_hash(snakemake.params.plan),
        "registration": snakemake.params.registration or "not externally registered",
        "changed_after_outcomes": changed_after_outcomes(entries),
        "log": public_log(entries),
        "plan": snakemake.params.plan,
    }
    publish(content, Path(snakemake.output.plan), data_origin=snakemake.params.data_origin)
