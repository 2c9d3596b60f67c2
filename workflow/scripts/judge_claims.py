"""Judge all claims: effects, capabilities and the plan in, verdicts and judged tables out."""

import json
import sys
from pathlib import Path

from analysis.claims.examined import judge_examined
from analysis.claims.judge_all import Planned, judge_claims, stored_case, stored_sources
from analysis.study.store import read_frame


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    needs, plan = snakemake.input, snakemake.params
    examined = {Path(path).stem: read_frame(path) for path in needs.examined}
    judged = judge_examined(examined, **plan.examined)
    for path in map(Path, snakemake.output.tables):
        judged[path.stem].to_parquet(path)
    truth = read(needs.truth) if needs.get("truth") else {"answers": []}
    case = stored_case(
        effects=[one for path in needs.effects for one in read(path)],
        capabilities=read(needs.capabilities),
        designs=read(needs.designs),
        examined=examined,
        data_origin=plan.data_origin,
        truths={(one["claim"], one["part"]): one["value"] for one in truth["answers"]},
    )
    planned = {key: Planned(one, plan.status[key]) for key, one in plan.plans.items()}
    sources = stored_sources(read(needs.evidence))
    verdicts = [one.to_json() for one in judge_claims(planned, case, sources)]
    Path(snakemake.output.verdicts).write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
