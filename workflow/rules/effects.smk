# From measures to effects, and to the aggregates that the figures show.
# needs: private/outcomes.parquet, private/repeated.parquet, private/sessions.parquet, private/weeks.parquet
# gives: private/effects/*.json, private/effects/fidelity_spread.parquet, private/described/*.parquet


rule fit_effects:
    """Check each contrast's design, then fit its models on every outcome."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        outcomes=rules.score_outcomes.output.outcomes,
        repeated=rules.score_outcomes.output.repeated,
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("fit_effects"),
    output:
        effects="results/{study}/private/effects/comparisons.json",
        balance="results/{study}/private/effects/balance.parquet",
    log:
        "results/{study}/logs/fit_effects.log",
    conda:
        "../../environment.yml"
    params:
        config=settings(
            "data_origin",
            "contrasts",
            "outcome",
            "further_outcomes",
            "instruments",
            "covariates",
        ),
        limits=limits("weighting"),
    script:
        "../scripts/fit_effects.py"


rule estimate_fidelity:
    """Estimate the share of sessions and weeks inside the article's windows."""
    input:
        sessions=rules.measure_exposure.output.sessions,
        weeks=rules.measure_exposure.output.weeks,
        tables=rules.validate_study.output.tables,
        code=code("estimate_fidelity"),
    output:
        effects="results/{study}/private/effects/fidelity.json",
        spread="results/{study}/private/effects/fidelity_spread.parquet",
    log:
        "results/{study}/logs/estimate_fidelity.log",
    conda:
        "../../environment.yml"
    params:
        claims=FIDELITY,
        period=PLAN["limits"]["shown"]["quarter"]["value"],
        config=settings("data_origin", "arms"),
    script:
        "../scripts/estimate_fidelity.py"


rule describe_study:
    """Aggregate what the figures show: flow, baseline, trajectories, sizes, lengths, hours."""
    input:
        tables=rules.validate_study.output.tables,
        cohort=rules.select_cohort.output.cohort,
        flow=rules.select_cohort.output.flow,
        outcomes=rules.score_outcomes.output.outcomes,
        repeated=rules.score_outcomes.output.repeated,
        sessions=rules.measure_exposure.output.sessions,
        weeks=rules.measure_exposure.output.weeks,
        code=code("describe_study"),
    output:
        tables=expand(
            "results/{{study}}/private/described/{table}.parquet",
            table=DESCRIBED,
        ),
    log:
        "results/{study}/logs/describe_study.log",
    conda:
        "../../environment.yml"
    params:
        limits=limits("weighting"),
        windows={key: entry["window"] for key, entry in FIDELITY.items()},
        config=settings(
            "arms",
            "contrasts",
            "outcome",
            "baseline",
            "instruments",
            "covariates",
        ),
    script:
        "../scripts/describe_study.py"
