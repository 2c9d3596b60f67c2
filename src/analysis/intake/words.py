"""The closed words of a map, and what each needs; so a map is checked before any file is read.

A rule word is a row here and a function of `values`, `questionnaires` or a reader of a
shape; nothing in a cell is ever run.

The columns and several of the words are those of Maelstrom's data processing elements
(Fortier et al. 2017, doi 10.1093/ije/dyw075).
"""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS = ("table", "column", "source", "from", "rule", "detail", "note")
MISSING = "missing"
WHOLE_TABLE = "*"
STATEMENTS = ("impossible", "undetermined")  # rules that say something and fill nothing


@dataclass(frozen=True)
class Rule:
    """What a rule word asks of its row of a map.

    Attributes
    ----------
    columns : tuple of int
        Fewest and most columns under `from`.
    what : str
        What the rule does, in words.
    keys : tuple of str
        Words that may stand left of "=" under `detail`.
    needs : tuple of str
        Those that must.
    codes : bool
        Whether codes of the file may stand there too, such as 1=female.
    words : bool
        Whether words without "=" may stand there.
    whole : bool
        Whether it fills a table, or several, rather than one column.
    """

    columns: tuple[int, int]
    what: str
    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    codes: bool = False
    words: bool = False
    whole: bool = False


MANY = 1_000
_LINK = ("id",)
_ASSESSMENT = ("instrument", "id", "person", "rater", "version", "order", "date", "day")

RULES = {
    "copy": Rule((1, 9), "the value as it stands; an id becomes a pseudonym", _LINK, codes=True),
    "recode": Rule(
        (1, 1), "codes of the file to words of the dictionary", ("id", "else"), codes=True
    ),
    "constant": Rule((0, 0), "one value for every row", words=True),
    "days_from": Rule(
        (0, 1), "a date to days from the episode's start", ("id", "since", "order", "on")
    ),
    "minutes_between": Rule((2, 2), "two times of day to the minutes between them", _LINK),
    "unit": Rule((1, 1), "a number times a factor, such as x60", _LINK, words=True, codes=True),
    "band": Rule(
        (1, 1),
        "ages or dates of birth to bands (18, 25, 35), or an area to its first places (first=3)",
        ("id", "first", "order"),
        words=True,
        codes=True,
    ),
    "first_of": Rule((2, MANY), "the first of several columns that has a value", _LINK, codes=True),
    "wide_items": Rule(
        (1, MANY),
        "items of a questionnaire side by side, one filled-in questionnaire a row",
        (*_ASSESSMENT, "wave", "wave from"),
        ("instrument",),
        codes=True,
        whole=True,
    ),
    "wide_waves": Rule(
        (1, MANY),
        "total scores side by side, one column an occasion (column=wave)",
        _ASSESSMENT,
        ("instrument",),
        codes=True,
        whole=True,
    ),
    "attendance_sheet": Rule(
        (0, MANY), "people down, dates across", codes=True, words=True, whole=True
    ),
    "billing_lines": Rule(
        (0, MANY), "one line a billed service", codes=True, words=True, whole=True
    ),
    "redcap_events": Rule(
        (1, MANY),
        "items of one form of a REDCap export, over its events and repeats",
        (*_ASSESSMENT, "wave", "wave from"),
        ("instrument",),
        codes=True,
        whole=True,
    ),
    "impossible": Rule((0, 0), "these files cannot give it; the note says why", words=True),
    "undetermined": Rule((0, MANY), "not decided yet", codes=True, words=True),
}
