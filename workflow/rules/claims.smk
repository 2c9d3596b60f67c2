# From effects and the plan to verdicts.
# needs: private/examined/*.parquet, private/missing/*.parquet, private/effects/*.json,
# private/evidence/sources.json, private/capabilities.json,
# private/designs.json, the plan's log
# gives: private/judged/*.parquet, private/verdicts/<claim>.json, private/run_checked.json


rule judge_examined:
    """Hold what was examined of the primary comparison against the margin; nothing is fitted."""
    input:
        examined=[
            rules.examine_comparisons.output.unjudged,
            rules.examine_missing.output.unheld,
        ],
        code=code("judge_examined"),
    output:
        tables=expand("results/{{study}}/private/judged/{table}.parquet", table=JUDGED),
    log:
        "results/{study}/logs/judge_examined.log",
    conda:
        "../../environment.yml"
    params:
        table=lists.deciding_table(PLAN),
        margin=examined_by("margin")["margin"],
        asked=examined_by("assay")["assay"]["chance"],
        bearing=lists.examined_contrasts(config),
    script:
        "../scripts/judge_examined.py"


rule judge_claim:
    """Judge one claim by the rules of the plan."""
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
        specifications=lambda wildcards: specified(wildcards.claim),
        truth=lambda wildcards: answer_key(wildcards.study),
        code=code("judge_claim"),
    output:
        verdicts="results/{study}/private/verdicts/{claim}.json",
    log:
        "results/{study}/logs/judge_claim/{claim}.log",
    conda:
        "../../environment.yml"
    params:
        claim=lambda wildcards: wildcards.claim,
        plan=lambda wildcards: plan_for(wildcards.claim),
        status=lambda wildcards: planned(wildcards.claim),
        data_origin=config["data_origin"],
    script:
        "../scripts/judge_claim.py"


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
