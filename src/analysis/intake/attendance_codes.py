"""What a mark of an attendance sheet means: usual codes, legends of the workbook, the map's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

ATTENDED, LEFT_EARLY, EXCUSED, NO_SHOW = "attended", "left_early", "excused", "no_show"
CANCELLED, NOT_EXPECTED = "cancelled", "not_expected"
# Where a mark says two things, the earlier of these is meant.
MEANINGS = (CANCELLED, LEFT_EARLY, EXCUSED, NO_SHOW, ATTENDED, NOT_EXPECTED)
LONGEST = 720  # minutes, as the dictionary allows

KNOWN = {
    ATTENDED: "p pr present attended att y yes here true ✓ ✔ √ t tardy late v virtual online",
    NO_SHOW: "a ab abs absent ns noshow nc ncns nsnc u ua unexcused dna missed",
    EXCUSED: "e ex exc excused ea sick ill vac vacation",
    LEFT_EARLY: "l le left early partial",
    CANCELLED: "x cancelled canceled cancel nogroup closed holiday hol nosession",
    NOT_EXPECTED: "- -- – — . na off dc discharged",
}
DEFAULTS = {code: meaning for meaning, codes in KNOWN.items() for code in codes.split()}

# Words of a legend; looked for in this order, so that "unexcused" is not taken for "excused".
_WORDS = (
    (CANCELLED, r"no group|cancel|closed|holiday|no session|not held|ausgefallen|feiertag|annul"),
    (NO_SHOW, r"unexcus|not excused|unentschuldigt|non excus|injustific"),
    (NOT_EXPECTED, r"not (?:scheduled|enrolled|expected)|n/a\b|discharged"),
    (LEFT_EARLY, r"left|leave|early|partial|vorzeitig|parti\b"),
    (EXCUSED, r"excus|sick|\bill\b|vacation|entschuldigt|justificad"),
    (NO_SHOW, r"absen|no.?show|no call|did not|didn.t|missed|abwesend|fehlt|ausente"),
    (ATTENDED, r"present|présent|attend|here|late|tardy|virtual|online|anwesend|came"),
)
_ENTRY = re.compile(
    r"(?:^|[\s,;.|(])([^\s=:,;|()]{1,12})\s*[=:]\s*"
    r"(.{1,80}?)(?=[\s,;.|]+[^\s=:,;|()]{1,12}\s*[=:]|$)"
)
_HOURS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:h|hr|hrs|hour|hours|std|stunden)\b\.?", re.I)
_MINUTES = re.compile(r"(\d+)\s*(?:m|min|mins|minute|minutes|minuten)\b\.?", re.I)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::00)?\Z")


@dataclass(frozen=True)
class Mark:
    """What one cell says: a meaning of `MEANINGS`, and minutes where it has them."""

    meaning: str
    minutes: float | None = None


@dataclass(frozen=True)
class Codes:
    """How marks are read.

    Attributes
    ----------
    meanings : mapping
        Code (see `plain`) to meaning.
    numbers : {"minutes", "hours", "attended"}
        What a bare number is; ``attended``: 1 was there, 0 was not.
    """

    meanings: Mapping[str, str]
    numbers: str = "minutes"

    def read(self, value: Any) -> Mark | None:
        """Return what a cell means; None where it is no mark."""
        if isinstance(value, time | timedelta):
            span = (
                value
                if isinstance(value, timedelta)
                else timedelta(hours=value.hour, minutes=value.minute)
            )
            return _long(span.total_seconds() / 60)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(float(value))
        text = str(value).casefold().strip(" *!.?") or str(value)
        whole = plain(text)
        if whole in self.meanings:
            return Mark(self.meanings[whole])
        if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
            return self._number(float(text.replace(",", ".")))
        if minutes := duration(text):
            left = _CLOCK.sub("", _HOURS.sub("", _MINUTES.sub("", text))).strip()
            return self._words(left, minutes) if left else _long(minutes)
        return self._words(text, None)

    def _number(self, number: float) -> Mark | None:
        if self.numbers == "attended":
            return Mark(ATTENDED if number else NO_SHOW) if number in (0, 1) else None
        return _long(number * (60 if self.numbers == "hours" else 1))

    def _words(self, text: str, minutes: float | None) -> Mark | None:
        """Read a mark of several words: the first must be a code, a number is minutes."""
        parts = re.findall(r"[^\W\d_]+|\d+|[✓✔√]", text)
        if not parts or parts[0] not in self.meanings:
            return Mark(CANCELLED) if meaning_of(text) == CANCELLED else None
        meant = {self.meanings[one] for one in parts if one in self.meanings}
        meaning = next(one for one in MEANINGS if one in meant)
        numbers = [float(one) for one in parts if one.isdecimal()]
        if meaning in (ATTENDED, LEFT_EARLY) and len(numbers) == 1 and minutes is None:
            minutes = numbers[0] if numbers[0] <= LONGEST else None
        return Mark(meaning, minutes if meaning in (ATTENDED, LEFT_EARLY) else None)


def plain(text: str) -> str:
    """Return a code as it is looked up: without case, points, strokes and spaces."""
    folded = text.casefold().strip()
    return re.sub(r"[\s./_]", "", folded) or folded


def duration(text: str) -> float | None:
    """Return the minutes that a text names: 3 hrs, 1.5 h, 90 min, 1 h 30 min, 2:30."""
    if clock := _CLOCK.match(text.strip()):
        return int(clock[1]) * 60.0 + int(clock[2])
    hours, minutes = _HOURS.search(text), _MINUTES.search(text)
    if not hours and not minutes:
        return None
    total = float(hours[1].replace(",", ".")) * 60 if hours else 0.0
    return total + (float(minutes[1]) if minutes else 0.0)


def legend(rows: Iterable[Iterable[Any]]) -> dict[str, str]:
    """Return the codes that legends explain: ``P = present``, or a code beside its meaning."""
    found: dict[str, str] = {}
    for row in rows:
        cells = [one for one in row if one is not None]
        texts = [one for one in cells if isinstance(one, str)]
        for one in texts:
            for code, words in _ENTRY.findall(one):
                if meaning := meaning_of(words):
                    found.setdefault(plain(code), meaning)
        if is_pair(cells):
            found.setdefault(plain(texts[0]), meaning_of(texts[1]))
    return found


def is_pair(cells: Sequence[Any]) -> bool:
    """Return whether the filled cells of a row are a code and, beside it, what it means."""
    if len(cells) != 2 or not all(isinstance(one, str) for one in cells):
        return False
    code, words = cells
    is_code = plain(code) in DEFAULTS or (len(code) <= 2 and code.isalpha())
    return is_code and len(words) > 3 and bool(meaning_of(words))


def meaning_of(words: str) -> str:
    """Return what the words of a legend mean, empty where they say nothing of it."""
    folded = words.casefold()
    return next((meaning for meaning, known in _WORDS if re.search(known, folded)), "")


def numbers_mean(values: Iterable[Any]) -> str:
    """Return what bare numbers are, from all of a workbook: minutes, hours, or 1 for attended."""
    found = {
        float(one)
        for one in values
        if (isinstance(one, int | float) and not isinstance(one, bool))
        or (isinstance(one, str) and re.fullmatch(r"\d{1,4}", one))
    }
    if found <= {0.0, 1.0}:
        return "attended"
    return "hours" if max(found) <= 8 else "minutes"


def _long(minutes: float) -> Mark | None:
    if not 0 <= minutes <= LONGEST:
        return None
    return Mark(ATTENDED, minutes) if minutes else Mark(NO_SHOW)
