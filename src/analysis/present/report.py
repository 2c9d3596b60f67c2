"""The report: one self-contained, accessible page, made from the public tables alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from analysis.present import evidence_view, numbers, tables, vocabulary
from analysis.present.claim_section import claim_section, design, limits
from analysis.present.claims_view import Claim, gather_claims
from analysis.present.design_section import CAPTIONS as DESIGN_CAPTIONS
from analysis.present.design_section import design_sections
from analysis.present.draw_anatomy import CAPTION as ANATOMY_CAPTION
from analysis.present.draw_mechanism import CAPTION as MECHANISM_CAPTION
from analysis.present.draw_program import CAPTIONS as PROGRAM_CAPTIONS
from analysis.present.draw_spread import CAPTION as SPREAD_CAPTION
from analysis.present.effects_view import primary_effect
from analysis.present.evidence_section import FIGURES as EVIDENCE_FIGURES
from analysis.present.evidence_section import evidence_section
from analysis.present.figures import Figure_, absent_figures
from analysis.present.first_screen import first_screen
from analysis.present.labels import TOTAL, sentence_case
from analysis.present.missing_section import CAPTIONS as MISSING_CAPTIONS
from analysis.present.missing_section import missing_section
from analysis.present.plan_section import plan_section
from analysis.present.public import Public, read_public
from analysis.present.quality_section import CAPTION as QUALITY_CAPTION
from analysis.present.quality_section import quality_section

TEMPLATES = Path(__file__).parent / "templates"
QUESTION = "Is group as effective as individual here?"
CAPTIONS = {
    "equivalence": "Diamond: estimate. Thick bar: 90% interval; thin line: 95% interval. "
    "Shaded, where a margin is set: inside it. Hollow: the same contrast by another model.",
    "flow": "Every step of inclusion, with the number left out and the number that remains.",
    "love": "Difference before treatment, in standard deviations. A covariate with several levels "
    "has one difference over all of them, without a sign.",
    "trajectories": "Mean and 95% interval of those observed; n under the axis.",
    "outcomes": "Reliable change of those observed at the outcome, and who reached response and "
    "remission.",
    "further": "Diamond: estimate. Thick bar: 90% interval; thin line: 95% interval. An outcome "
    "for which the plan names no standard deviation stands in the table alone.",
    "trajectories_further": "Mean and 95% interval of those observed; each scale has its own axis.",
    "group_size": "Solid bars lie inside the stated window, hatched bars outside.",
    "session_length": "Solid bars lie inside the stated window, hatched bars outside.",
    "weekly_hours": "Full weeks of treatment. Solid bars lie at or above the stated minimum.",
    "head_to_head": "Square: a trial with its 95% interval, hollow where it is left out of the "
    "main pool. Small circle below it: corrected for clustering. Diamond: a pool with its 95% "
    "interval, number of trials in brackets; dashed: where the true effect of a new trial is "
    "expected.",
    "fidelity_spread": SPREAD_CAPTION,
    "anatomy": ANATOMY_CAPTION,
    "mechanism": MECHANISM_CAPTION,
    "quality": QUALITY_CAPTION,
    "format_trap": "Circle: between different trials. Filled square: within the same trials. "
    "Line: 95% interval.",
}
CAPTIONS |= DESIGN_CAPTIONS | PROGRAM_CAPTIONS | MISSING_CAPTIONS
SECTIONS = {
    "participants": ("flow", "love"),
    "outcomes": (
        "benefits",
        "trajectories",
        "outcomes",
        "responders",
        "further",
        "trajectories_further",
    ),
    "practice": ("weekly_hours", "group_size", "session_length", "fidelity_spread", "anatomy"),
}


@dataclass(frozen=True)
class Image:
    """A figure as the page holds it: images and CSV as data addresses."""

    name: str
    title: str
    alt: str
    caption: str
    wide: str
    narrow: str
    csv: str
    table: tables.Table


def render_report(public: Path, figures: Mapping[str, Figure_] | None = None) -> str:
    """Return the report as one HTML page that asks nothing of any network.

    Parameters
    ----------
    public : pathlib.Path
        `results/<study>/public`.
    figures : mapping of str to Figure_, optional
        As `draw_figures` returns them; read from `public/report/figures` where not given.

    Returns
    -------
    str
    """
    content = read_public(public)
    drawn = read_figures(public) if figures is None else figures
    images = {name: _image(name, figure) for name, figure in drawn.items()}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    page = environment.get_template("report.html.j2")
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    parts = {"style": style, "policy": content_policy(style)}
    return page.render(parts | _context(content, images, absent_figures(public)))


def content_policy(style: str) -> str:
    """Return what the page lets a browser load and run: its own style and images, nothing else.

    A script or a style that came in with a label, whatever let it through, would not run (W3C,
    "Content Security Policy Level 3").
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def read_figures(public: Path) -> dict[str, Figure_]:
    """Read the published figures back; where no narrow image was published, the wide one serves."""
    folder = public / "report" / "figures"
    listed = folder / "alt.json"
    texts = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else {}
    texts.pop("data_origin", None)
    found = {}
    for name, text in texts.items():
        wide = (folder / f"{name}.png").read_bytes()
        narrow = folder / f"{name}_narrow.png"
        found[name] = Figure_(
            wide,
            narrow.read_bytes() if narrow.exists() else wide,
            text["title"],
            text["alt"],
            text["csv"],
        )
    return found


def _image(name: str, figure: Figure_) -> Image:
    return Image(
        name,
        figure.title,
        figure.alt,
        CAPTIONS.get(name.partition("_of_")[0], ""),
        _data("image/png", figure.png),
        _data("image/png", figure.narrow),
        _data("text/csv", figure.csv.encode()),
        tables.of_csv(f"Data: {figure.title}", figure.csv),
    )


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _context(public: Public, images: dict[str, Image], absent: dict[str, str]) -> dict[str, Any]:
    claims = gather_claims(public)
    tested = [c for c in claims if c.testable]
    sections = [claim_section(public, c) for c in tested if not c.exploratory]
    exploratory = [claim_section(public, c) for c in tested if c.exploratory]
    in_claims = {name for one in (*sections, *exploratory) for name in one["figures"]}
    opening = first_screen(public, claims)
    return {
        "study": {"title": "", "study": "", "attribution": "", **public.study},
        "synthetic": public.synthetic,
        "vocabulary": vocabulary,
        "question": QUESTION,
        "opening": opening,
        "images": images,
        "absent": absent,
        "claims": sections,
        "exploratory": exploratory,
        "untested": opening["untested"],
        "spoken": _spoken(public, claims),
        "blocks": {c.id: evidence_view.block(public, c) for c in claims if not c.testable},
        "own": _own_contrast(public, claims),
        "designs": design_sections(public),
        "unseen": missing_section(public),
        "quality": quality_section(public),
        "evidence": evidence_section(public),
        "evidence_figures": [name for name in EVIDENCE_FIGURES if name in images],
        "sections": {
            key: [n for n in names if n in images and n not in in_claims]
            for key, names in SECTIONS.items()
        },
        "baseline": [t for key in public.contrasts if (t := tables.baseline(public, key))],
        "missing": tables.missing(public),
        "effects": tables.effects(public),
        "plan": plan_section(public),
        "versions": _versions(public),
        "files": _files(public),
        "cohort": _cohort(public),
    }


def _spoken(public: Public, claims: list[Claim]) -> dict[str, list[dict[str, Any]]]:
    """Return, for claims that cannot be tested as planned, the parts that could be."""
    sections = {c.id: claim_section(public, c) for c in claims if not c.testable}
    return {
        key: [a for a in section["answers"] if a["verdict"] != vocabulary.NOT_TESTABLE]
        for key, section in sections.items()
    }


def _own_contrast(public: Public, claims: list[Claim]) -> list[dict[str, Any]]:
    """Return the study's own contrasts as sections where *effectiveness* is not testable."""
    if any(c.id == "effectiveness" and c.testable for c in claims):
        return []
    effect = primary_effect(public)
    if not effect:
        return []
    contrast = public.contrasts[effect["contrast"]]
    entry = {**effect, "effect_id": effect["id"], "kind": "difference", "part": "difference"}
    claim = Claim("own", {**entry, "verdict": ""}, (), ())
    return [
        {
            "label": contrast.get("label", ""),
            "design": design(public, claim),
            "limits": limits(public, claim),
            "diagnostics": tables.diagnostics(public, effect["id"]),
        }
    ]


def _files(public: Public) -> tables.Table:
    digests = public.study.get("data") or {}
    rows = [[table, str(one)] for table, one in digests.items()]
    return tables.Table("The files that were read, by content", ["Table", "SHA-256"], rows)


def _versions(public: Public) -> tables.Table:
    versions = dict(public.study.get("versions") or {})
    versions |= versions.pop("packages", {})
    return tables.Table(
        "Software",
        ["Software", "Version"],
        [[sentence_case(k), str(v)] for k, v in versions.items()],
    )


def _cohort(public: Public) -> str:
    """Return how many participants are analysed in each arm, from the flow's last step."""
    flow = public.tables["flow"]
    if flow.empty:
        return ""
    if "kind" in flow:
        flow = flow[flow["kind"] != "information"]
    last = flow[flow["arm"] != TOTAL].groupby("arm", sort=False).tail(1)
    return "; ".join(
        f"{public.arm_label(str(r.arm))} n = {numbers.count(r.after)}" for r in last.itertuples()
    )
