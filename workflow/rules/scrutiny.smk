# From effects to how far they can be trusted: overlap, responders, dose, what was not measured, robustness.
# needs: private/effects/comparisons.json, private/outcomes.parquet, private/repeated.parquet,
# private/weeks.parquet
# gives: private/examined/*.parquet


rule examine_comparisons:
    """Look at each primary comparison from all sides that the plan declares."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        outcomes=rules.score_outcomes.output.outcomes,
        repeated=rules.score_outcomes.output.repeated,
        weeks=rules.measure_exposure.output.weeks,
        effects=[
            rules.fit_effects.output.effects,
            rules.examine_missing.output.effects,
        ],
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("examine_comparisons"),
    output:
        tables=expand(
            "results/{{study}}/private/examined/{table}.parquet", table=EXAMINED
        ),
        unjudged=expand(
            "results/{{study}}/private/examined/{table}.parquet", table=UNJUDGED
        ),
    log:
        "results/{study}/logs/examine_comparisons.log",
    conda:
        "../../environment.yml"
    params:
        claim=examined_by("models", "specifications", "per_protocol"),
        instrument=examined_by("margin")["margin"]["instrument"],
        config=settings(
            "data_origin",
            "arms",
            "contrasts",
            "outcome",
            "further_outcomes",
            "instruments",
            "covariates",
        ),
        limits=limits("weighting", "dose"),
    script:
        "../scripts/examine_comparisons.py"
