"""One look for every figure: colours, marks, sizes, the synthetic mark, and bytes that repeat."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from PIL import Image
from PIL.PngImagePlugin import PngInfo

#: Colour-blind safe palette of Okabe and Ito (2008, Color Universal Design).
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#AA4499"
INK, MUTED, HAIR, BAND = "#1b1f23", "#5a6169", "#c9ced4", "#dcebf3"
ARM_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": BLUE, "marker": "o", "linestyle": "-"},
    {"color": VERMILION, "marker": "s", "linestyle": (0, (5, 2))},
    {"color": GREEN, "marker": "^", "linestyle": (0, (1, 1.5))},
    {"color": PURPLE, "marker": "D", "linestyle": (0, (5, 2, 1, 2))},
)
WIDE_INCHES, NARROW_INCHES = 6.4, 3.7
WIDE_DPI, NARROW_DPI = 150, 200
STRIP, LINE = 0.16, 0.2
COLOURS = 256
TAG = "SYNTHETIC"
PUBLISHED, PUBLISHED_TAG = "published", "PUBLISHED EVIDENCE"
TAG_COLOURS = {TAG: "#8a4b00", PUBLISHED_TAG: "#0b4f6c"}
SETTINGS = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "white",
    "hatch.linewidth": 0.7,
}


@dataclass(frozen=True)
class Plot:
    """A figure that can be painted at two widths.

    Attributes
    ----------
    title : str
        Short title, also printed in the image.
    alt : str
        Alternative text, written from the numbers in `data`.
    data : pandas.DataFrame
        What the figure shows, row by row.
    heights : tuple of float
        Height in inches of the wide and of the narrow version.
    paint : callable
        Takes an empty figure and whether it is the narrow one; draws on it.
    origin : str
        ``published`` for a figure of the literature, which is real beside a synthetic study too;
        empty for the study's own origin.
    """

    title: str
    alt: str
    data: pd.DataFrame
    heights: tuple[float, float]
    paint: Callable[[Figure, bool], None]
    origin: str = ""


class NothingToDraw(Exception):
    """A figure's table is empty or absent; the message says so to the reader."""


@contextmanager
def applied() -> Iterator[None]:
    """Set matplotlib's settings to the house style, and put them back afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)  # type: ignore[arg-type]
        yield


def paint(plot: Plot, *, synthetic: bool, narrow: bool = False) -> Figure:
    """Return the painted figure, with its title and the marks of what is not the study's own."""
    published = plot.origin == PUBLISHED
    tag = PUBLISHED_TAG if published else TAG if synthetic else ""
    width = NARROW_INCHES if narrow else WIDE_INCHES
    room = width - (0.0 if narrow else 0.122 * len(tag))
    lines = textwrap.wrap(plot.title, int(room * (11 if narrow else 12)))
    tag_line = LINE if tag and narrow else 0.0
    height = plot.heights[narrow] + STRIP + LINE * len(lines) + tag_line
    figure = Figure(figsize=(width, height), dpi=NARROW_DPI if narrow else WIDE_DPI)
    top = 1 - (STRIP + LINE * len(lines) + tag_line) / height
    figure.set_layout_engine("constrained", rect=(0, 0, 1, top), h_pad=0.04, w_pad=0.06)
    y = 1 - (0.06 + tag_line) / height
    figure.text(
        0.06 / width, y, "\n".join(lines), weight="bold", size=10, va="top", linespacing=1.25
    )
    if tag:
        _mark(figure, tag, width, height)
    if tag == TAG:
        _watermark(figure, width, height)
    plot.paint(figure, narrow)
    return figure


def png(figure: Figure, title: str, origin: str) -> bytes:
    """Return the figure as PNG bytes that depend on nothing but its content."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    painted = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    image = Image.fromarray(np.asarray(painted)).convert("RGB")
    about = PngInfo()
    about.add_text("Title", title)
    about.add_text("Comment", f"data origin: {origin}")
    few = image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The octree's means round down: white must stay the page's white.
    few.putpalette([255 if one >= 254 else one for one in few.getpalette() or ()])
    buffer = io.BytesIO()
    few.save(buffer, "png", pnginfo=about, dpi=(figure.dpi, figure.dpi))
    return buffer.getvalue()


def _mark(figure: Figure, tag: str, width: float, height: float) -> None:
    """Put the word into the corner."""
    figure.text(
        1 - 0.06 / width,
        1 - 0.07 / height,
        tag,
        color="white",
        weight="bold",
        size=7.5,
        ha="right",
        va="top",
        bbox={"facecolor": TAG_COLOURS[tag], "edgecolor": "none", "pad": 2.2},
        zorder=20,
    )


def _watermark(figure: Figure, width: float, height: float) -> None:
    """Put the word for synthetic data, faintly, across the figure."""
    figure.text(
        0.5,
        0.45,
        TAG,
        color="#8a4b00",
        alpha=0.07,
        weight="bold",
        size=width * 9,
        ha="center",
        va="center",
        rotation=min(32, 11 * height / width * 2.2),
        zorder=10,
    )


def arm_looks(arms: list[str]) -> dict[str, dict[str, Any]]:
    """Return colour, marker and line style of each arm, in the study's order."""
    return {arm: dict(ARM_LOOKS[i % len(ARM_LOOKS)]) for i, arm in enumerate(arms)}


def quiet_grid(axes: Axes, axis: str = "x") -> None:
    """Draw a hair-thin grid behind the data."""
    axes.grid(visible=True, axis=axis, color=HAIR, linewidth=0.6, alpha=0.7)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def wrap(text: str, characters: int) -> str:
    """Break a label into lines."""
    return "\n".join(textwrap.wrap(text, characters)) or text


def halo(color: str = "white") -> list[withStroke]:
    """Return the path effects that keep text legible where it crosses a line."""
    return [withStroke(linewidth=3, foreground=color)]
