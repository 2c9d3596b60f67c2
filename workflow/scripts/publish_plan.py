"""Publish the plan: the resolved plan, its log and the verdicts in, one public file out."""

import json
import sys
from pathlib import Path

from analysis.claims.chain import read_log
from analysis.claims.deviations import deviations
from analysis.claims.plan import plan_hash
from analysis.claims.plan_log import plan_state, verdicts_of
from analysis.disclosure import publish, write_receipt

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    log = read_log(Path(snakemake.params.plan_log))
    claims = json.loads(Path(snakemake.input.claims).read_text(encoding="utf-8"))
    content = {
        "hash": plan_hash(snakemake.params.plan),
        "registration": snakemake.params.registration or "not externally registered",
        **plan_state(log),
        "deviations": deviations(log, verdicts_of(claims)),
        "plan": snakemake.params.plan,
    }
    plan = publish(content, Path(snakemake.output.plan), data_origin=snakemake.params.data_origin)
    write_receipt([plan], Path(snakemake.output.receipt))
