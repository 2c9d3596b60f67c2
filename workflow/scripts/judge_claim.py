"""Judge one claim: effects, capabilities and its plan in, verdicts out."""

import json
import sys
from pathlib import Path

from analysis.claims.judge import Case, judge_claim
from analysis.claims.preflight import Design
from analysis.evidence.store import NamedSource
from analysis.records.effect import Effect
from analysis.study.capabilities import supports


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def specified(path):
    if not path:
        return []
    import pandas as pd  # half of this script's time, and few claims have such a table

    return pd.read_parquet(path).to_dict("records")


if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    found = read(snakemake.input.capabilities)
    truth = read(snakemake.input.truth) if snakemake.input.get("truth") else {"answers": []}
    named = read(snakemake.input.evidence).get(snakemake.params.claim)
    case = Case(
        plan=snakemake.params.plan,
        effects=[Effect.from_json(one) for path in snakemake.input.effects for one in read(path)],
        supports=lambda need: supports(found, need),
        designs={key: Design.from_json(one) for key, one in read(snakemake.input.designs).items()},
        status=snakemake.params.status,
        data_origin=snakemake.params.data_origin,
        truths={(one["claim"], one["part"]): one["value"] for one in truth["answers"]},
        specifications=specified(snakemake.input.get("specifications")),
        source=NamedSource.from_json(named) if named else None,
    )
    verdicts = [one.to_json() for one in judge_claim(snakemake.params.claim, case)]
    Path(snakemake.output.verdicts).write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
