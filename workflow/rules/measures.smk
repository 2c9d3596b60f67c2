# From the cohort to scores and exposures.
# needs: private/tables, private/cohort.parquet
# gives: private/scores.parquet, private/outcomes.parquet, private/repeated.parquet,
# private/sessions.parquet, private/weeks.parquet,
# private/suspicions.json


rule score_outcomes:
    """Score the instruments; the first rule that reads an outcome, and logs that it did."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("score_outcomes"),
    output:
        scores="results/{study}/private/scores.parquet",
        outcomes="results/{study}/private/outcomes.parquet",
        repeated="results/{study}/private/repeated.parquet",
    log:
        "results/{study}/logs/score_outcomes.log",
    conda:
        "../../environment.yml"
    params:
        config=settings(
            "arms",
            "contrasts",
            "cohort",
            "outcome",
            "further_outcomes",
            "baseline",
            "instruments",
            "covariates",
        ),
        plan_log="results/{study}/plan_log.jsonl",
    script:
        "../scripts/score_outcomes.py"


rule measure_exposure:
    """Measure sessions and weeks: hours, group size, length, leaders, attendance."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        code=code("measure_exposure"),
    output:
        sessions="results/{study}/private/sessions.parquet",
        weeks="results/{study}/private/weeks.parquet",
        suspicions="results/{study}/private/suspicions.json",
    log:
        "results/{study}/logs/measure_exposure.log",
    conda:
        "../../environment.yml"
    params:
        plan_log="results/{study}/plan_log.jsonl",
        config=settings(
            "arms",
            "landmark",
            "contrasts",
            "tables",
            "columns",
            "outcome",
            "further_outcomes",
            "baseline",
            "instruments",
            "covariates",
        ),
    script:
        "../scripts/measure_exposure.py"
