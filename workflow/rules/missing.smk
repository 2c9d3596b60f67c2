# From outcomes to what nobody saw: who is missing, imputations, tipping surface, staying in treatment.
# needs: private/scores.parquet, private/outcomes.parquet, private/repeated.parquet,
# private/effects/comparisons.json
# gives: private/missing/*, private/effects/retention.json


rule impute_outcomes:
    """Impute each contrast's outcome for those who were not seen; cached, so that it is done once."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        scores=rules.score_outcomes.output.scores,
        outcomes=rules.score_outcomes.output.outcomes,
        repeated=rules.score_outcomes.output.repeated,
        effects=rules.fit_effects.output.effects,
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("impute_outcomes"),
    output:
        imputations="results/{study}/private/missing/imputations.parquet",
        notes="results/{study}/private/missing/imputations.json",
    log:
        "results/{study}/logs/impute_outcomes.log",
    priority: 10
    conda:
        "../../environment.yml"
    threads: 2
    params:
        claim=examined_by("models", "unseen"),
        config=settings(*OF_MISSING),
        limits=limits("weighting", "missing"),
    script:
        "../scripts/impute_outcomes.py"


rule examine_missing:
    """Climb the ladder of assumptions and fit the tipping surface; no margin is held against them."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        scores=rules.score_outcomes.output.scores,
        outcomes=rules.score_outcomes.output.outcomes,
        repeated=rules.score_outcomes.output.repeated,
        effects=rules.fit_effects.output.effects,
        imputations=rules.impute_outcomes.output.imputations,
        notes=rules.impute_outcomes.output.notes,
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("examine_missing"),
    output:
        shown=expand("results/{{study}}/private/missing/{table}.parquet", table=MISSING),
        unheld=expand("results/{{study}}/private/missing/{table}.parquet", table=UNHELD),
        effects="results/{study}/private/missing/effects.json",
    log:
        "results/{study}/logs/examine_missing.log",
    conda:
        "../../environment.yml"
    params:
        claim=examined_by("models", "unseen"),
        config=settings(*OF_MISSING),
        limits=limits("weighting", "missing"),
    script:
        "../scripts/examine_missing.py"


rule estimate_retention:
    """Estimate uptake, completion and leaving early, and how stays ended in every arm."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        code=code("estimate_retention"),
    output:
        effects="results/{study}/private/effects/retention.json",
        incidence="results/{study}/private/missing/incidence.parquet",
    log:
        "results/{study}/logs/estimate_retention.log",
    conda:
        "../../environment.yml"
    params:
        claims=RETENTION,
        config=settings("data_origin", "arms", "contrasts", "covariates"),
        plan_log="results/{study}/plan_log.jsonl",
    script:
        "../scripts/estimate_retention.py"
