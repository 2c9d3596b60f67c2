# From files to the canonical tables and to who counts.
# needs: the files named under `tables:` in the study's config
# gives: private/tables/*.parquet, private/capabilities.json, private/quality.parquet,
# private/data.json, private/cohort.parquet, private/flow.csv

if "simulate" in config:

    rule simulate_study:
        """Make a synthetic study's raw tables and their answer key."""
        input:
            code=code("simulate_study"),
            instruments=INSTRUMENTS,
            instruments_stamp=INSTRUMENTS_STAMP,
        output:
            tables=expand("data/raw/{{study}}/{table}.csv", table=TABLES),
            truth="data/raw/{study}/truth.json",
        log:
            "results/{study}/logs/simulate_study.log",
        conda:
            "../../environment.yml"
        params:
            simulate=config["simulate"],
        script:
            "../scripts/simulate_study.py"


rule validate_study:
    """Refuse a study with problems, listing them all; else write its canonical tables."""
    input:
        raw=lists.simulated_tables(config)
        or watched("data", declared_files(config).values()),
        instruments=INSTRUMENTS,
        instruments_stamp=INSTRUMENTS_STAMP,
        code=code("validate_study"),
    output:
        tables=expand("results/{{study}}/private/tables/{table}.parquet", table=TABLES),
        capabilities="results/{study}/private/capabilities.json",
        quality="results/{study}/private/quality.parquet",
        digests="results/{study}/private/data.json",
    log:
        "results/{study}/logs/validate_study.log",
    conda:
        "../../environment.yml"
    params:
        config=settings(
            "study",
            "data_origin",
            "tables",
            "columns",
            "missing_codes",
            "impossible",
            "not_identifying",
            "quasi_identifiers",
            "waves",
            "arms",
            "landmark",
            "contrasts",
            "instruments",
            "covariates",
            "outcome",
            "further_outcomes",
            "baseline",
        ),
    script:
        "../scripts/validate_study.py"


rule select_cohort:
    """Select who counts, recording every exclusion."""
    input:
        tables=rules.validate_study.output.tables,
        code=code("select_cohort"),
    output:
        cohort="results/{study}/private/cohort.parquet",
        flow="results/{study}/private/flow.parquet",
        designs="results/{study}/private/designs.json",
    log:
        "results/{study}/logs/select_cohort.log",
    conda:
        "../../environment.yml"
    params:
        config=settings(
            "arms",
            "landmark",
            "contrasts",
            "cohort",
            "outcome",
            "further_outcomes",
            "baseline",
            "instruments",
            "covariates",
        ),
    script:
        "../scripts/select_cohort.py"
