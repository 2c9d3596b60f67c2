"""Text that a spreadsheet would take for a formula, made harmless; numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re

# After OWASP, "CSV Injection": what a spreadsheet runs, its wide forms, and what hides them.
_FORMULA = re.compile("^[\\s\x00-\x1f]*[=+\\-@\u2212\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$|^[+-]?(?:inf|nan)$")
TEXT = "'"  # what a spreadsheet itself writes before a cell that is to be text


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs: text that begins a formula gets an apostrophe."""
    if len(cell) < 2 or not _FORMULA.match(cell) or _NUMBER.match(cell):
        return cell
    return f"{TEXT}{cell}"


def harmless_csv(text: str) -> str:
    """Return a csv text whose cells, names of columns included, are harmless.

    A text without such a cell comes back as it is.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    guarded = [[harmless(cell) for cell in row] for row in rows]
    if guarded == rows:
        return text
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(guarded)
    return out.getvalue()
