# From effects to how far they can be trusted: overlap, responders, what was not measured, robustness.
# needs: private/effects/comparisons.json, private/outcomes.parquet, private/repeated.parquet
# gives: private/examined/*.parquet

rule examine_comparisons:
    """Look at each primary comparison from all sides that the plan declares."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        outcomes=rules.score_outcomes.output.outcomes,
        repeated=rules.score_outcomes.output.repeated,
        effects=rules.fit_effects.output.effects,
        instruments=INSTRUMENTS,
        code=code("study", "cohort", "measures", "effects", "claims/decide"),
    output:
        tables=expand(
            "results/{{study}}/private/examined/{table}.parquet", table=EXAMINED
        ),
    log:
        "results/{study}/logs/examine_comparisons.log",
    conda:
        "../../environment.yml"
    params:
        claim=examined_by("models", "margin", "specifications"),
        table=deciding_table(),
        config=settings(
            "data_origin",
            "arms",
            "contrasts",
            "outcome",
            "further_outcomes",
            "instruments",
            "covariates",
        ),
    script:
        "../scripts/examine_comparisons.py"
