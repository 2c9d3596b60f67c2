"""Which therapy group a sheet, a section or a row belongs to, how long it lasts, who leads it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from analysis.intake.attendance_blocks import Block
from analysis.intake.attendance_codes import duration
from analysis.intake.attendance_dates import is_month, period
from analysis.intake.attendance_rows import Person, Rows

_PARTS = re.compile(r"\s+[—–|-]+\s+|[—–|;]|\s*,\s+|:\s+")
_NOTHING = re.compile(
    r"(?:sheet|tabelle|feuil|hoja|foglio|blatt|page|week|wk|woche|quarter|q)?[\s.#]*\d*"
    r"|attendance.*|month.*|week of.*",
    re.I,
)
_LEADER = re.compile(r"(?:leaders?|led by|facilitators?|leitung)\b[:\s]+(.+)", re.I)


def name_of(block: Block, stem: str) -> str:
    """Return a sheet's group: its name without a month, else its title's, else the file's name."""
    own = without_month(block.sheet.name)
    return own if own and not _NOTHING.fullmatch(own) else title_of(block) or stem


def title_of(block: Block) -> str:
    """Return the name in the titles above a block, empty where they have none."""
    parts = (without_month(one) for title in block.titles for one in _PARTS.split(title))
    return next((one for one in parts if one and not _NOTHING.fullmatch(one)), "")


def titled(blocks: Iterable[Block]) -> set[str]:
    """Return the sheets whose blocks, one below the other, are groups with titles of their own."""
    titles: dict[str, list[str]] = {}
    for block in blocks:
        titles.setdefault(block.sheet.name, []).append(title_of(block))
    return {
        sheet
        for sheet, own in titles.items()
        if len(own) > 1 and all(own) and len(set(own)) == len(own)
    }


def without_month(text: str) -> str:
    """Return a name without its month and year, empty where nothing else is left."""
    if not period(text).month and not period(text).year:
        return text.strip()
    words = re.split(r"[\s_]+", re.sub(r"(?:(?:19|20)\d\d|\d{1,2})(?:[-/.]\d{1,4})?", " ", text))
    return " ".join(one for one in words if not is_month(one.strip(".,'"))).strip(" -–—,'.()")


def sections_are_groups(found: Iterable[tuple[Block, Rows]], given: str) -> bool:
    """Return whether sub-headings name groups: as the map says, else where sheets repeat them.

    A sheet a month that holds several groups repeats their names on every sheet.
    """
    if given:
        return given == "group"
    on: Counter[str] = Counter()
    lacking = False
    sheets = set()
    for block, rows in found:
        sheets.add(block.sheet.name)
        sections = {one.section for one in rows.people}
        lacking |= "" in sections
        on.update({one for one in sections if one})
    often = [one for one, times in on.items() if times > 1]
    return len(sheets) > 1 and not lacking and len(often) > 1


def group_of(block: Block, one: Person, sections: bool, usual: str) -> str:
    """Return the group of a person's row: of its column, its section, or the sheet's."""
    if "group" in block.named:
        cell = block.sheet.cell(one.row - 1, block.named["group"])
        if cell is not None:
            return str(cell)
    if sections and one.section:
        return one.section
    return usual


def length_of(block: Block, group: str, words: Mapping[str, str]) -> float | None:
    """Return the minutes of a session: of the map for the sheet, the group or all, or a title's."""
    for word in (f"minutes {block.sheet.name}", f"minutes {group}", "minutes"):
        if words.get(word, "").replace(".", "", 1).isdecimal():
            return float(words[word])
    return next((found for title in block.titles if (found := duration(title))), None)


def leader_of(block: Block) -> str:
    """Return who leads a sheet's group, as its title says; empty where it does not."""
    for title in block.titles:
        for part in re.split(r"\s+[—–|-]+\s+|[—–|;]", title):
            if found := _LEADER.search(part):
                return found[1].strip()
    return ""
