"""One contrast's design on the page: its estimand, its checks, and how far the answer carries."""

from __future__ import annotations

from typing import Any

from analysis.present import design_tables, scrutiny_wording, tables
from analysis.present.design_tables import rows_of
from analysis.present.dose_section import dose
from analysis.present.figures import OF_CONTRAST, figure_name
from analysis.present.labels import sentence_case
from analysis.present.public import Public

SOURCE = (
    "Elements as in the TARGET statement for observational studies that emulate a trial "
    "(Cashin et al. 2025, doi 10.1001/jama.2025.13350), written into the plan before outcomes "
    "were read."
)
CAPTIONS = {
    "balance": "Hollow square: before weighting. Filled circle: after it. Above the dashed line: "
    "covariates, which overlap weights balance by construction; below it: the squares and "
    "interactions that differ most after weighting, which they do not. Last: covariates within "
    "each site.",
    "overlap": "Bars: participants as observed, comparison arm above zero and reference arm below. "
    "Line: the same arm weighted.",
    "responders": "Diamond: estimate. Thick bar: 90% interval; thin line: 95% interval.",
    "unmeasured": "Each point of the plane is one possible unmeasured confounder; lines: where the "
    "lower bound of the 90% interval would be. Shaded: inside the margin.",
    "dose_curve": "Lines start and end at the 5th and 95th percentile of the arm’s hours; each is "
    "zero at the arm’s mean hours. Solid: weighted, with 95% interval; dashed: naive.",
    "dose_surface": "Each cell is one hour by one hour; only cells with ten participants or more "
    "are shown. Numbers: points against the arm’s mean hours.",
    "specifications": "Diamond: estimate. Thick bar: 90% interval, which decides; thin line: 95% "
    "interval. Shaded: inside the margin. Only analyses of the same estimand count.",
}


def design_sections(public: Public) -> list[dict[str, Any]]:
    """Return what the page says of each contrast's design, in the study's order."""
    return [_section(public, contrast) for contrast in public.contrasts]


def _section(public: Public, contrast: str) -> dict[str, Any]:
    observational = public.contrasts[contrast].get("assignment") == "observational"
    deciding = deciding_effect(public, contrast)
    status = deciding.get("status", "")
    return {
        "id": contrast,
        "figures": {
            name: figure_name(name, contrast, first=contrast == next(iter(public.contrasts)))
            for name in OF_CONTRAST
        },
        "dose": dose(public, contrast),
        "label": public.contrasts[contrast].get("label", contrast),
        "observational": observational,
        "source": SOURCE,
        "estimand": design_tables.estimand(public, contrast),
        "intercurrent": design_tables.intercurrent(public, contrast),
        "attendance": design_tables.received(public, contrast),
        "problem": f"{sentence_case(status)}: {deciding.get('message')}"
        if status in ("withheld", "error")
        else "",
        "checks": tables.diagnostics(public, deciding.get("id", "")) if observational else None,
        "population": design_tables.population(public, contrast),
        "responders": design_tables.responders(public, contrast),
        "unmeasured_text": scrutiny_wording.unmeasured(rows_of(public, "unmeasured", contrast)),
        "unmeasured": design_tables.benchmarks(public, contrast),
        "falsification_text": scrutiny_wording.falsification(
            rows_of(public, "falsification", contrast), status
        ),
        "falsification": design_tables.controls(public, contrast),
        "specifications_text": scrutiny_wording.agreement(
            rows_of(public, "specifications", contrast)
        ),
        "assay_text": scrutiny_wording.assay(
            rows_of(public, "assay", contrast),
            [
                {**row, "label": public.arm_label(row["arm"])}
                for row in rows_of(public, "arm_change", contrast)
            ],
        ),
        "specifications": design_tables.specifications(public, contrast),
    }


def deciding_effect(public: Public, contrast: str) -> dict[str, Any]:
    """Return the first estimate of a contrast's primary outcome, whatever became of it."""
    construct, day = public.outcome.get("construct"), f"day {public.outcome.get('day')}"
    same = [e for e in public.effects if e.get("contrast") == contrast]
    return next((e for e in same if (e["construct"], e.get("time")) == (construct, day)), {})
