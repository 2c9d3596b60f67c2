"""Table of contents: from raw tables to a report on what one article claims of group therapy.

`snakemake --cores all` runs the example study; `--config study=NAME` runs config/studies/NAME.yaml.
"""

from snakemake.utils import min_version

min_version("9.19")


include: "workflow/rules/common.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/measures.smk"
include: "workflow/rules/effects.smk"
include: "workflow/rules/program.smk"
include: "workflow/rules/missing.smk"
include: "workflow/rules/scrutiny.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/present.smk"


rule all:
    """Everything that a study's report needs, and a check that nothing failed on the way."""
    default_target: True
    input:
        expand("results/{study}/public/report/report.html", study=config["study"]),
        expand("results/{study}/public/plan.json", study=config["study"]),
        expand("results/{study}/private/run_checked.json", study=config["study"]),
    localrule: True
