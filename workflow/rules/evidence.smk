# From the committed tables of published evidence to what is shown beside each claim.
# needs: data/raw/evidence (no study's data, so that no study's data ever reruns it)
# gives: private/evidence/sources.json, private/evidence/*.parquet


rule read_evidence:
    """Read the source that the plan names for each claim, and the tables behind the figures."""
    input:
        facts=ancient(str(EVIDENCE / "facts.csv")),
        computed=ancient(str(EVIDENCE / "computed.csv")),
        trials=ancient(str(EVIDENCE / "head_to_head_trials.csv")),
        clustering=ancient(str(EVIDENCE / "clustering.csv")),
        trap=ancient(str(EVIDENCE / "format_trap.csv")),
        citations=ancient(str(EVIDENCE / "citations.csv")),
        judges=ancient(str(EVIDENCE / "judges.yaml")),
        stamp=watched("evidence", EVIDENCE.glob("*.*")),
        code=code("read_evidence"),
    output:
        sources="results/{study}/private/evidence/sources.json",
        tables=expand(
            "results/{{study}}/private/evidence/{table}.parquet", table=PUBLISHED
        ),
    log:
        "results/{study}/logs/read_evidence.log",
    conda:
        "../../environment.yml"
    script:
        "../scripts/read_evidence.py"
