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


# Every public file is demanded, so that one which was deleted is made again. The images are not
# outputs of their own: the receipt of their step stands for them.
PUBLIC = [
    *rules.publish_results.output,
    *rules.publish_plan.output,
    *rules.draw_figures.output,
    *rules.write_report.output,
    *rules.record_public.output,
]


rule all:
    """Everything that a study's report needs, and a check that nothing failed on the way."""
    default_target: True
    input:
        [expand(one, study=config["study"]) for one in PUBLIC],
        expand("results/{study}/private/run_checked.json", study=config["study"]),
    localrule: True
