"""The words of the pre-flight check: what was read, one line a claim, the rest on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from analysis.claims.kinds import INSTRUMENT_ABSENT

if TYPE_CHECKING:
    import pandas as pd

    from analysis.claims.check import Checked, ClaimCheck
    from analysis.study.problems import Doubt

WIDTH = 100
FEW = 5  # doubts that are shown without being asked for
MORE = "Each part, its chances and what would unlock it: the same command with --all."


def in_words(checked: Checked, *, every: bool = False) -> str:
    """Return the whole check as text; `every` adds each part, chances and what to collect."""
    own = {key: one for key, one in checked.claims.items() if not one.published}
    testable = sum(one.testable for one in own.values())
    lines = [f"{checked.title}: what this study can test", "", *arms_in_words(checked.arms), ""]
    for said in checked.suspicions:
        lines += [fill(f"Look at {said}", WIDTH, subsequent_indent="  "), ""]
    lines += _doubts(checked.doubts, every)
    lines += [f"{testable} of {len(own)} claims testable", ""]
    wide = max(len(key) for key in checked.claims)
    lines += [_line(key.ljust(wide), one) for key, one in checked.claims.items()]
    if not every:
        return "\n".join([*lines, "", MORE])
    for key, one in own.items():
        lines += ["", *_parts(key, one)]
    return "\n".join(lines)


def _doubts(doubts: Sequence[Doubt], every: bool) -> list[str]:
    """List what was let in though it is odd, a line each; only the first few unless `every`."""
    shown = doubts if every else doubts[:FEW]
    lines = [
        f'{one.file}, column "{one.column}": {one.found} ({len(one.rows):,} of {one.of:,} rows)'
        for one in shown
    ]
    more = len(doubts) - len(shown)
    lines += [f"and {more} more: see --all"] if more else []
    return ["Odd, and let in:", *(f"  {one}" for one in lines), ""] if lines else []


def arms_in_words(arms: pd.DataFrame) -> list[str]:
    """Return the counts of each arm as an aligned table."""
    heads = {
        "rows": "rows read",
        "episodes": "episodes",
        "baselines": "baselines",
        "outcomes": "outcomes",
        "counted": "who count",
        "seen": "of these seen",
    }
    shown = arms.rename(columns=heads)
    cells = [["arm", *shown.columns]]
    for arm, row in shown.iterrows():
        cells.append(
            [str(arm), *("-" if value != value else f"{value:,}" for value in _plain(row))]
        )
    wide = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]
    return [
        "  ".join(
            text.ljust(size) if at == 0 else text.rjust(size)
            for at, (text, size) in enumerate(zip(row, wide, strict=True))
        )
        for row in cells
    ]


def _plain(row: pd.Series) -> list[float]:
    return [float("nan") if value is None or str(value) == "<NA>" else int(value) for value in row]


def _line(key: str, one: ClaimCheck) -> str:
    if one.published:
        return f"{key}  published figures decide"
    obstacle = one.obstacles[one.decides]
    if obstacle:
        return f"{key}  NOT TESTABLE: {_sentence(obstacle[1])}"
    able = sum(value is None for value in one.obstacles.values())
    parts = "" if able == len(one.obstacles) else f" ({able} of {len(one.obstacles)} parts)"
    return f"{key}  testable{parts}"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _parts(key: str, one: ClaimCheck) -> Iterator[str]:
    yield f"{key} ({one.title})"
    for part, obstacle in one.obstacles.items():
        yield f"  {part}: {f'NOT TESTABLE: {_sentence(obstacle[1])}' if obstacle else 'testable'}"
    if any(found and found[0] != INSTRUMENT_ABSENT for found in one.obstacles.values()):
        yield f"  to unlock, collect {one.unlock}"
    if one.reach:
        yield from _chances(one.reach)


def _chances(reach: Mapping[str, Any]) -> Iterator[str]:
    if "problem" in reach:
        yield f"  chances: none: {reach['problem']}"
        return
    percent = {name: f"{100 * value:.0f}%" for name, value in reach.items()}
    yield (
        f"  if the formats truly do not differ: SUPPORTED {percent['supported_if_zero']}, "
        f"INCONCLUSIVE {percent['inconclusive_if_zero']}, "
        f"CONTRADICTED {percent['contradicted_if_zero']}; "
        f"equivalence shown {percent['equivalent_if_zero']}"
    )
    yield f"  if group is truly worse by the margin: SUPPORTED {percent['supported_at_margin']}"
    yield (
        f"  assumed: the outcome correlates {reach['baseline_correlation']:.2f} with baseline, "
        f"{reach['icc']:.2f} among members of a group (`assumptions` in config/claims.yaml)"
    )
