# From private aggregates to what may be seen.
# needs: private/verdicts.json, private/effects, private/described, private/evidence
# gives: public/claims.json, public/study.json, public/tables/*.csv, public/plan.json, public/report,
# public/record.json


rule publish_results:
    """Publish verdicts, effects and aggregates; nothing of one participant."""
    input:
        verdicts=rules.judge_claims.output.verdicts,
        effects=[
            rules.fit_effects.output.effects,
            rules.estimate_fidelity.output.effects,
            rules.estimate_program.output.effects,
            rules.estimate_retention.output.effects,
        ],
        described=[
            rules.describe_study.output.tables,
            rules.fit_effects.output.balance,
            rules.examine_comparisons.output.tables,
            rules.judge_claims.output.tables,
            rules.examine_missing.output.shown,
            rules.estimate_retention.output.incidence,
            rules.estimate_fidelity.output.spread,
            rules.estimate_program.output.profiles,
            rules.validate_study.output.quality,
        ],
        evidence=rules.read_evidence.output.tables,
        designs=rules.select_cohort.output.designs,
        data=rules.validate_study.output.digests,
        suspicions=rules.measure_exposure.output.suspicions,
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("publish_results"),
    output:
        claims="results/{study}/public/claims.json",
        study="results/{study}/public/study.json",
        package="results/{study}/public/datapackage.json",
        receipt=receipt("results"),
        tables=expand(
            "results/{{study}}/public/tables/{table}.csv",
            table=lists.TABLES,
        ),
    log:
        "results/{study}/logs/publish_results.log",
    conda:
        "../../environment.yml"
    params:
        config=settings(
            "study",
            "title",
            "data_origin",
            "attribution",
            "registration",
            "arms",
            "contrasts",
            "outcome",
            "instruments",
            "published_results",
        ),
    script:
        "../scripts/publish_results.py"


rule publish_plan:
    """Publish the resolved plan and the order in which it and the outcomes were read."""
    input:
        claims=rules.publish_results.output.claims,
        code=code("publish_plan"),
    output:
        plan="results/{study}/public/plan.json",
        receipt=receipt("plan"),
    log:
        "results/{study}/logs/publish_plan.log",
    conda:
        "../../environment.yml"
    params:
        plan=PLAN,
        state=lambda wildcards: state().key,
        data_origin=config["data_origin"],
        registration=config.get("registration", ""),
        plan_log="results/{study}/plan_log.jsonl",
    script:
        "../scripts/publish_plan.py"


rule draw_figures:
    """Draw every figure from the public tables, with its alternative text."""
    input:
        tables=rules.publish_results.output.tables,
        claims=rules.publish_results.output.claims,
        study=rules.publish_results.output.study,
        plan=rules.publish_plan.output.plan,
        code=code("draw_figures"),
    output:
        alt="results/{study}/public/report/figures/alt.json",
        receipt=receipt("figures"),
    log:
        "results/{study}/logs/draw_figures.log",
    conda:
        "../../environment.yml"
    threads: 2
    script:
        "../scripts/draw_figures.py"


rule write_report:
    """Write the report from the public tables and figures."""
    input:
        claims=rules.publish_results.output.claims,
        study=rules.publish_results.output.study,
        tables=rules.publish_results.output.tables,
        plan=rules.publish_plan.output.plan,
        figures=rules.draw_figures.output.alt,
        code=code("write_report"),
    output:
        report="results/{study}/public/report/report.html",
        receipt=receipt("report"),
    log:
        "results/{study}/logs/write_report.log",
    conda:
        "../../environment.yml"
    script:
        "../scripts/write_report.py"


rule record_public:
    """Record every public file by its content, and the data that they come from; the last to write."""
    input:
        receipts=[
            rules.publish_results.output.receipt,
            rules.publish_plan.output.receipt,
            rules.draw_figures.output.receipt,
            rules.write_report.output.receipt,
        ],
        data=rules.validate_study.output.digests,
        code=code("record_public"),
    output:
        record="results/{study}/public/record.json",
        receipt=receipt("record"),
    log:
        "results/{study}/logs/record_public.log",
    conda:
        "../../environment.yml"
    params:
        data_origin=config["data_origin"],
    script:
        "../scripts/record_public.py"
