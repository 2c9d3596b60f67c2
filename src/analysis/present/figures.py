"""Every figure of the report, drawn from the public tables; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from analysis.present import (
    draw_anatomy,
    draw_balance,
    draw_baseline,
    draw_course,
    draw_dose,
    draw_effects,
    draw_evidence,
    draw_fidelity,
    draw_flow,
    draw_further,
    draw_incidence,
    draw_mechanism,
    draw_missing,
    draw_outcomes,
    draw_program,
    draw_quality,
    draw_responders,
    draw_specifications,
    draw_spread,
    draw_tipping,
    draw_unmeasured,
    style,
)
from analysis.present.labels import within
from analysis.present.public import Public, read_public
from analysis.present.style import NothingToDraw, Plot

FIGURES: dict[str, Callable[[Public], Plot]] = {
    "equivalence": draw_effects.equivalence,
    "flow": draw_flow.flow,
    "love": draw_baseline.love,
    "balance": draw_balance.balance,
    "overlap": draw_balance.overlap,
    "unmeasured": draw_unmeasured.unmeasured,
    "specifications": draw_specifications.specifications,
    "dose_curve": draw_dose.dose_curve,
    "dose_surface": draw_dose.dose_surface,
    "missingness": draw_missing.missingness,
    "courses": draw_missing.courses,
    "incidence": draw_incidence.incidence,
    "tipping": draw_tipping.tipping,
    "trajectories": draw_course.trajectories,
    "outcomes": draw_outcomes.outcomes,
    "responders": draw_responders.responders,
    "benefits": draw_program.benefits,
    "conditions": draw_program.conditions,
    "mechanism": draw_mechanism.mechanism,
    "further": draw_further.further,
    "trajectories_further": draw_course.trajectories_further,
    "group_size": draw_fidelity.group_size,
    "session_length": draw_fidelity.session_length,
    "weekly_hours": draw_fidelity.weekly_hours,
    "fidelity_spread": draw_spread.fidelity_spread,
    "anatomy": draw_anatomy.anatomy,
    "quality": draw_quality.quality,
    "head_to_head": draw_evidence.head_to_head,
    "format_trap": draw_evidence.format_trap,
}
#: Figures of one contrast: FIGURES draws the study's first, `makers` every other as well.
OF_CONTRAST: dict[str, Callable[[Public, str], Plot]] = {
    "balance": draw_balance.balance,
    "overlap": draw_balance.overlap,
    "unmeasured": draw_unmeasured.unmeasured,
    "specifications": draw_specifications.specifications,
    "dose_curve": draw_dose.dose_curve,
    "dose_surface": draw_dose.dose_surface,
    "responders": draw_responders.responders,
    "tipping": draw_tipping.tipping,
}
SAID = {"synthetic": "Synthetic data.", "published": "Published evidence.", "real": ""}


@dataclass(frozen=True)
class Figure_:
    """A drawn figure.

    Attributes
    ----------
    png : bytes
        Image for a laptop.
    narrow : bytes
        The same figure laid out for a phone.
    title : str
    alt : str
        Alternative text, written from the figure's numbers.
    csv : str
        The rows behind the figure, as CSV text; the last column is `data_origin`.
    """

    png: bytes
    narrow: bytes
    title: str
    alt: str
    csv: str


def draw_figures(public: Path, n_jobs: int = 1) -> dict[str, Figure_]:
    """Draw every figure that the public tables support.

    Parameters
    ----------
    public : pathlib.Path
        `results/<study>/public`.
    n_jobs : int
        Processes that share the figures; the result does not depend on it.

    Returns
    -------
    dict of str to Figure_
        By figure name, in the report's order. A figure without data is absent; `absent_figures`
        says why.
    """
    content = read_public(public)
    plots = _plots(content)[0]
    draw = partial(_draw, study=content.origin)
    if n_jobs == 1:
        return dict(zip(plots, map(draw, plots.values()), strict=True))
    with ProcessPoolExecutor(n_jobs) as pool:
        return dict(zip(plots, pool.map(draw, plots.values()), strict=True))


def absent_figures(public: Path) -> dict[str, str]:
    """Return the reason for each figure that `draw_figures` leaves out."""
    return _plots(read_public(public))[1]


def makers(content: Public) -> dict[str, Callable[[Public], Plot]]:
    """Return every figure's maker: of a figure of one contrast, one for each contrast."""
    first, *others = [*content.contrasts, ""][: max(len(content.contrasts), 1)]
    found: dict[str, Callable[[Public], Plot]] = {}
    for name, make in FIGURES.items():
        found[name] = make
        if others and name in OF_CONTRAST:
            found[name] = partial(_of_one, name, first)
            found |= {figure_name(name, one): partial(_of_one, name, one) for one in others}
    return found


def figure_name(name: str, contrast: str, first: bool = False) -> str:
    """Return the name of a contrast's figure; of the study's first contrast the bare one."""
    return name if first else f"{name}_of_{contrast}"


def _of_one(name: str, contrast: str, content: Public) -> Plot:
    plot = OF_CONTRAST[name](content, contrast)
    label = content.contrasts[contrast].get("label", contrast)
    return replace(plot, title=f"{plot.title}: {within(label)}")


def _plots(content: Public) -> tuple[dict[str, Plot], dict[str, str]]:
    drawn: dict[str, Plot] = {}
    absent: dict[str, str] = {}
    for name, make in makers(content).items():
        try:
            drawn[name] = make(content)
        except NothingToDraw as reason:
            absent[name] = str(reason)
    return drawn, absent


def _draw(plot: Plot, study: str) -> Figure_:
    """Draw a plot at both widths; `study` is the study's own origin."""
    origin = plot.origin or study
    images = []
    with style.applied():
        for narrow in (False, True):
            figure = style.paint(plot, synthetic=study == "synthetic", narrow=narrow)
            images.append(style.png(figure, plot.title, origin))
    alt = f"{SAID[origin]} {plot.alt}".strip()
    return Figure_(images[0], images[1], plot.title, alt, _csv(plot, origin))


def _csv(plot: Plot, origin: str) -> str:
    own = plot.data.get("data_origin", origin)  # a row of the literature beside the study's
    data = plot.data.drop(columns="data_origin", errors="ignore").assign(data_origin=own)
    return str(data.to_csv(index=False, lineterminator="\n"))
