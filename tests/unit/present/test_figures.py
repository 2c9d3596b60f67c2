"""Figures: all drawn, marked, described from their numbers, and the same bytes each time."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from analysis.present import figures, style
from analysis.present.figures import FIGURES, Figure_, absent_figures, draw_figures
from analysis.present.public import read_public

PUBLISHED = ("head_to_head", "format_trap")
#: Figures of the study that hold a published value beside it, each row with its own origin.
BESIDE_LITERATURE = ("mechanism",)
Folders = dict[str, Path]
Drawn = dict[str, dict[str, Figure_]]


def test_every_figure_is_drawn_or_its_absence_explained(folders: Folders, drawn: Drawn) -> None:
    assert list(drawn["synthetic"]) == list(FIGURES)
    assert absent_figures(folders["synthetic"]) == {}
    missing = absent_figures(folders["own"])
    unseen = {"missingness", "courses", "incidence", "tipping"}
    examined = {"balance", "overlap", "unmeasured", "specifications", "responders"}
    examined |= {"dose_curve", "dose_surface"}
    practice = {"group_size", "session_length", "weekly_hours", "fidelity_spread", "anatomy"}
    assert set(missing) == practice | examined | unseen
    assert set(drawn["own"]) | set(missing) == set(FIGURES)
    assert all(reason.endswith(".") for reason in missing.values())


def test_an_empty_public_folder_draws_nothing_and_says_why(tmp_path: Path) -> None:
    assert draw_figures(tmp_path) == {}
    assert set(absent_figures(tmp_path)) == set(FIGURES)


@pytest.mark.parametrize("processes", [1, 2])
def test_the_same_tables_give_the_same_bytes(
    folders: Folders, drawn: Drawn, processes: int
) -> None:
    with only("equivalence", "trajectories"):
        again = draw_figures(folders["own"], processes)
    assert len(again) == 2
    assert again == {name: drawn["own"][name] for name in again}


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Draw these figures alone, to save time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "FIGURES", {name: FIGURES[name] for name in names})
        yield


def test_images_say_synthetic_inside(folders: Folders, drawn: Drawn) -> None:
    """The word is drawn in the corner and across each image of the study, at both widths."""
    content = read_public(folders["synthetic"])
    for name, make in FIGURES.items():
        for narrow in (False, True):
            with style.applied():
                marked = style.paint(make(content), synthetic=True, narrow=narrow)
                clean = style.paint(make(content), synthetic=False, narrow=narrow)
            own = 0 if name in PUBLISHED else 2
            assert [text.get_text() for text in marked.texts].count(style.TAG) == own
            assert style.TAG not in [text.get_text() for text in clean.texts]
    for name, figure in drawn["synthetic"].items():
        if name in PUBLISHED:
            continue
        assert figure.alt.startswith("Synthetic data.")
        assert tag_share(figure.png) > 0.3
        assert tag_share(figure.narrow) > 0.3
    for figure in drawn["own"].values():
        assert tag_share(figure.png) < 0.02
        assert not figure.alt.startswith("Synthetic")


def test_images_of_the_literature_say_published_beside_any_study(
    folders: Folders, drawn: Drawn
) -> None:
    """They are real: never marked synthetic, and the same beside a synthetic and a real study."""
    content = read_public(folders["synthetic"])
    for name in PUBLISHED:
        for narrow in (False, True):
            with style.applied():
                marked = style.paint(FIGURES[name](content), synthetic=True, narrow=narrow)
            assert style.PUBLISHED_TAG in [text.get_text() for text in marked.texts]
        figure = drawn["synthetic"][name]
        assert figure.alt.startswith("Published evidence.")
        assert figure == drawn["own"][name]


def tag_share(png: bytes) -> float:
    """Return the share of the upper right corner that has the tag's colour."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    corner = image.crop((image.width - 80, 8, image.width - 14, 30))
    pixels = list(corner.getdata())
    return sum(abs(r - 138) < 25 and abs(g - 75) < 25 and b < 40 for r, g, b in pixels) / len(
        pixels
    )


def test_origin_is_in_every_image_and_every_row(drawn: Drawn) -> None:
    for name, origin in (("synthetic", "synthetic"), ("own", "real")):
        for key, figure in drawn[name].items():
            said = "published" if key in PUBLISHED else origin
            assert Image.open(io.BytesIO(figure.png)).info["Comment"] == f"data origin: {said}"
            rows = pd.read_csv(io.StringIO(figure.csv))
            assert rows.columns[-1] == "data_origin"
            beside = {"published"} if key in BESIDE_LITERATURE else set()
            assert set(rows["data_origin"]) - beside == {said}


def test_widths_fit_a_laptop_and_a_phone(drawn: Drawn) -> None:
    for figure in drawn["synthetic"].values():
        wide, narrow = (Image.open(io.BytesIO(png)) for png in (figure.png, figure.narrow))
        assert wide.width == style.WIDE_INCHES * style.WIDE_DPI
        assert narrow.width == style.NARROW_INCHES * style.NARROW_DPI
        assert narrow.height / narrow.width > wide.height / wide.width


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("equivalence", "−0.21 PHQ-9 points, 90% interval [−0.72, 0.30], 95% interval"),
        ("equivalence", "positive where group therapy did better"),
        ("equivalence", "The margin is ±1.32 PHQ-9 points."),
        ("flow", "Group therapy: 862 at the start"),
        ("flow", "With a baseline PHQ-9: 25 left out, 806 remain"),
        ("flow", "With PHQ-9 at day 42: 640"),
        ("love", "the largest is Prior episodes, 0.23"),
        ("trajectories", "Depression, Group therapy: day 0 mean 14.81 [14.44, 15.18], n = 806"),
        ("outcomes", "improved 55% (352 of 640)"),
        ("further", "Self-esteem (RSES), day 42: 0.18 SD"),
        ("group_size", "The article states 7 to 10 members."),
        ("session_length", "Most frequent: 100 to 110 minutes (900 of 3,340 sessions)"),
        ("weekly_hours", "The article states at least 9 hours a week."),
        ("fidelity_spread", "by site 90% to 90% (2 levels), from study day 90% to 90% (1 levels)"),
        ("anatomy", "Mode: in person: 4.9 (n = 260), online: 4.3 (n = 160)."),
    ],
)
def test_alternative_text_is_written_from_the_numbers(drawn: Drawn, name: str, said: str) -> None:
    assert said in drawn["synthetic"][name].alt


def test_alternative_text_follows_the_numbers(
    tmp_path: Path, folders: Folders, drawn: Drawn
) -> None:
    """A changed table changes the text and the picture."""
    shutil.copytree(folders["own"], tmp_path / "public")
    path = tmp_path / "public" / "tables" / "effects.csv"
    rows = pd.read_csv(path)
    rows.loc[0, ["value", "ci90", "ci95"]] = [0.77, "[0.3, 1.2]", "[0.2, 1.3]"]
    rows.to_csv(path, index=False)
    with only("equivalence"):
        figure = draw_figures(tmp_path / "public")["equivalence"]
    assert "0.77 PHQ-9 points, 90% interval [0.30, 1.20]" in figure.alt
    assert figure.png != drawn["own"]["equivalence"].png


def test_primary_day_opens_and_other_days_follow(tmp_path: Path, folders: Folders) -> None:
    shutil.copytree(folders["own"], tmp_path / "public")
    path = tmp_path / "public" / "tables" / "effects.csv"
    rows = pd.read_csv(path)
    late = rows.iloc[[0]].assign(id="treatment.depression.day90.ancova", time="day 90")
    pd.concat([late, rows]).to_csv(path, index=False)
    path = tmp_path / "public" / "tables" / "outcomes.csv"
    rows = pd.read_csv(path)
    pd.concat([rows, rows.assign(time="day 90", share=0.5)]).to_csv(path, index=False)
    content = read_public(tmp_path / "public")
    opening = FIGURES["equivalence"](content)
    assert opening.title.endswith("depression, day 42")
    assert set(opening.data["time"]) == {"day 42"}
    assert "day 90" in set(FIGURES["further"](content).data["time"])
    assert set(FIGURES["outcomes"](content).data["time"]) == {"day 42"}


def test_axis_says_in_words_who_does_better_on_which_side(folders: Folders) -> None:
    content = read_public(folders["own"])
    with style.applied():
        figure = style.paint(FIGURES["equivalence"](content), synthetic=False)
    axes = figure.axes[0]
    places = {text.get_text(): text.xy[0] for text in axes.texts}
    assert places["← Usual care better"] == 0
    assert places["CBT group better →"] == 1
    assert axes.get_xlim()[0] < 0 < axes.get_xlim()[1]


def test_margin_band_and_interval_stand_where_the_numbers_say(folders: Folders) -> None:
    content = read_public(folders["synthetic"])
    with style.applied():
        figure = style.paint(FIGURES["equivalence"](content), synthetic=True)
    axes = figure.axes[0]
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert (band.x0, band.x1) == (pytest.approx(-1.32), pytest.approx(1.32))
    lines = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert (-0.72, 0.30) in lines
    assert (-0.82, 0.40) in lines


def test_arms_differ_by_more_than_colour() -> None:
    looks = list(style.ARM_LOOKS)
    for key in ("color", "marker", "linestyle"):
        assert len({str(look[key]) for look in looks}) == len(looks)
