# From measures to the estimates of the whole program: change, benefits, climate, conditions, anatomy.
# needs: private/outcomes.parquet, private/sessions.parquet, private/weeks.parquet,
# private/effects/comparisons.json
# gives: private/effects/program.json, private/effects/anatomy.parquet


rule estimate_program:
    """Estimate each part of a claim that names an estimate of the whole program."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        scores=rules.score_outcomes.output.scores,
        outcomes=rules.score_outcomes.output.outcomes,
        sessions=rules.measure_exposure.output.sessions,
        weeks=rules.measure_exposure.output.weeks,
        comparisons=rules.fit_effects.output.effects,
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("estimate_program"),
    output:
        effects="results/{study}/private/effects/program.json",
        profiles="results/{study}/private/effects/anatomy.parquet",
    log:
        "results/{study}/logs/estimate_program.log",
    conda:
        "../../environment.yml"
    params:
        claims=PROGRAM,
        config=settings(
            "data_origin",
            "arms",
            "contrasts",
            "outcome",
            "instruments",
            "covariates",
        ),
        limits=limits("weighting", "program", "clusters", "shown"),
    script:
        "../scripts/estimate_program.py"
