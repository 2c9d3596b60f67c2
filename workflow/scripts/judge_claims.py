"""Judge all claims: effects, capabilities and the plan in, verdicts and judged tables out."""

import json
import sys
from pathlib import Path

from analysis.claims.examined import judge_examined
from analysis.claims.judge import Case
from analysis.claims.judge_all import Planned, judge_claims
from analysis.claims.preflight import SampleDesign
from analysis.evidence.store import NamedSource
from analysis.records.effect import Effect
from analysis.study.capabilities import supports
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
    found = read(needs.capabilities)
    truth = read(needs.truth) if needs.get("truth") else {"answers": []}
    case = Case(
        plan={},
        effects=[Effect.from_json(one) for path in needs.effects for one in read(path)],
        supports=lambda need: supports(found, need),
        designs={key: SampleDesign.from_json(one) for key, one in read(needs.designs).items()},
        status="planned",
        data_origin=plan.data_origin,
        truths={(one["claim"], one["part"]): one["value"] for one in truth["answers"]},
        specifications=examined["specifications"].to_dict("records"),
        unseen=examined,
    )
    planned = {key: Planned(one, plan.status[key]) for key, one in plan.plans.items()}
    sources = {key: NamedSource.from_json(one) for key, one in read(needs.evidence).items() if one}
    verdicts = [one.to_json() for one in judge_claims(planned, case, sources)]
    Path(snakemake.output.verdicts).write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
