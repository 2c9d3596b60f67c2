# From effects to how far they can be trusted: overlap, responders, what was not measured, robustness.
# needs: private/effects/comparisons.json, private/outcomes.parquet, private/repeated.parquet
# gives: private/examined/*.parquet

# The claim whose margin, deciding models and specifications the primary comparison is examined by.
EXAMINED_CLAIM = "effectiveness"
EXAMINED = [
    "intercurrent",
    "overlap",
    "population",
    "responders",
    "unmeasured",
    "contour",
    "falsification",
    "specifications",
]


def examined_by(*keys):
    """Take from the plan what the primary comparison is examined by."""
    return {key: PLAN["claims"][EXAMINED_CLAIM][key] for key in keys}


def deciding_table():
    """Take the decision table of the part that decides the examined claim."""
    parts = PLAN["claims"][EXAMINED_CLAIM]["parts"].values()
    name = next(part["table"] for part in parts if part.get("decides"))
    return PLAN["decision_tables"][name]


def specified(claim):
    """Return the table of a claim's declared specifications, an empty list for others."""
    table = "results/{study}/private/examined/specifications.parquet"
    return table if "specifications" in PLAN["claims"][claim] else []


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
