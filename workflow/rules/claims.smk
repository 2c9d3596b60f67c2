# From effects and the plan to verdicts.
# needs: private/examined/*.parquet, private/missing/*.parquet, private/effects/*.json,
# private/evidence/sources.json, private/capabilities.json,
# private/designs.json, the plan's log
# gives: private/judged/*.parquet, private/verdicts.json, private/run_checked.json


rule judge_claims:
    """Judge all claims by the rules of the plan, and what was examined of the primary one."""
    input:
        effects=[
            rules.fit_effects.output.effects,
            rules.estimate_fidelity.output.effects,
            rules.estimate_program.output.effects,
            rules.estimate_retention.output.effects,
        ],
        capabilities=rules.validate_study.output.capabilities,
        designs=rules.select_cohort.output.designs,
        evidence=rules.read_evidence.output.sources,
        examined=[
            rules.examine_comparisons.output.unjudged,
            rules.examine_missing.output.unheld,
            "results/{study}/private/missing/plausible.parquet",
        ],
        truth=lambda wildcards: answer_key(wildcards.study),
        code=code("judge_claims"),
    output:
        verdicts="results/{study}/private/verdicts.json",
        tables=expand("results/{{study}}/private/judged/{table}.parquet", table=JUDGED),
    log:
        "results/{study}/logs/judge_claims.log",
    conda:
        "../../environment.yml"
    params:
        plans={claim: plan_for(claim) for claim in PLAN["claims"]},
        status=lambda wildcards: {claim: planned(claim) for claim in PLAN["claims"]},
        data_origin=config["data_origin"],
        examined=lists.examined(PLAN, config),
    script:
        "../scripts/judge_claims.py"


rule check_run:
    """End with an error where an estimate failed, after the report has said so."""
    input:
        claims="results/{study}/public/claims.json",
        record="results/{study}/public/record.json",
    output:
        checked="results/{study}/private/run_checked.json",
    log:
        "results/{study}/logs/check_run.log",
    conda:
        "../../environment.yml"
    script:
        "../scripts/check_run.py"
