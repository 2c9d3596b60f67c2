"""Figures in blocks: social security, telephone and postal numbers, told apart from ids of a study.

`101-02-0034` may be a person's number or the 34th subject of site 101-02. A column says which: the
last blocks of ids were given out one by one and lie close together, or begin with zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_AREA = r"(?!000|666|9\d\d)\d{3}"
FORMS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "social security numbers": (
        re.compile(r"(?<![\w-])(\d{3})(?: - |[-. /])(\d{2})(?: - |[-. /])(\d{4})(?![\w-])"),
    ),
    "phone numbers": (
        re.compile(r"(?<![\w.-])([1-9]\d{2})-(\d{3})-(\d{4})(?![\d-])"),
        re.compile(r"^([2-9]\d{2})-(\d{4})$"),
    ),
    "small places": (re.compile(r"(?<![\w-])(\d{5})-(\d{4})(?![\w-])"),),
}
# Bare figures: only where every figure of the column has the form.
BARE: Mapping[str, re.Pattern[str]] = {
    "social security numbers": re.compile(rf"^({_AREA})((?!00)\d\d)((?!0000)\d{{4}})$"),
    "phone numbers": re.compile(r"^1?([2-9]\d{2})([2-9]\d{2})(\d{4})$"),
    "record numbers": re.compile(r"^(\d{4})(\d{7,8})(\d{4})$"),
}
_CLOSE = 20  # on average two ids of one study are hardly further apart
_FARTHEST = 2_000


def numbers_of_people(texts: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield the kind of each sort of number found in a column, and the places of its texts.

    Parameters
    ----------
    texts : sequence of str
        The different texts of one column, after `identifiers.normal`.
    """
    for kind, forms in FORMS.items():
        for form in forms:
            found = {place: hit for place, one in enumerate(texts) if (hit := form.search(one))}
            if found and not _are_ids([hit.groups() for hit in found.values()]):
                yield kind, list(found)
    figures = {place: one for place, one in enumerate(texts) if any(map(str.isdigit, one))}
    for kind, form in BARE.items():
        hits = [form.match(one) for one in figures.values()]
        blocks = [hit.groups() for hit in hits if hit]
        if not blocks or len(blocks) < len(hits):
            continue
        if kind == "record numbers":
            if not all(map(_is_checked, figures.values())):
                continue
        elif _are_ids(blocks):
            continue
        yield kind, list(figures)


def _are_ids(blocks: Sequence[tuple[str, ...]]) -> bool:
    """Return whether numbers in blocks are ids that a study gave out."""
    different = sorted(set(blocks))
    if any(one[0] == "555" for one in different):  # the exchange and area of invented telephones
        return False
    last = [int(one[-1]) for one in different]
    low = all(one[-1].startswith("0") for one in different)
    led = all(one[1].startswith("0") for one in different)
    if low and (led or len(different) > 2):
        return True
    spread = max(last) - min(last)
    return len(different) > 1 and spread <= min(_CLOSE * len(different), _FARTHEST)


def _is_checked(figures: str) -> bool:
    """Return whether the last figure is the check digit of the others (Luhn 1960, US 2950048)."""
    total = 0
    for place, one in enumerate(reversed(figures)):
        value = int(one) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
