"""What is wrong with one row of a map, as far as it can be seen without the sources."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.intake.maprow import MapRow, split
from analysis.intake.words import COLUMNS, MISSING, RULES, STATEMENTS, WHOLE_TABLE, Rule
from analysis.study.dictionary import dictionary
from analysis.study.problems import nearest

Mistake = tuple[str, str, str, str]  # heading, expected, found, what to do


def mistakes(row: MapRow, cells: dict[str, str], covariates: set[str]) -> Iterator[Mistake]:
    """Yield heading, expected, found and remedy of every mistake of a row.

    Parameters
    ----------
    row : MapRow
    cells : dict of str to str
        Heading to what the row's cells hold.
    covariates : set of str
        Further columns that the episodes table may have.
    """
    for heading in COLUMNS[:6]:
        if cells[heading].startswith("="):
            yield heading, "text", "a formula", "Type what the formula shows."
    rule = RULES.get(row.rule)
    if rule is None:
        hint = nearest(row.rule, RULES)
        yield "rule", f"one of {', '.join(RULES)}", "another word", f"{hint}Write one of them."
        return
    yield from _wrong_target(row, rule, covariates)
    yield from _wrong_source(row, rule)
    yield from _wrong_detail(row, rule)


def _wrong_target(row: MapRow, rule: Rule, covariates: set[str]) -> Iterator[Mistake]:
    if row.table not in dictionary():
        hint = nearest(row.table, dictionary())
        yield (
            "table",
            f"one of {', '.join(dictionary())}",
            "another name",
            f"{hint}Write one of them.",
        )
        return
    known = {*dictionary()[row.table].columns, *(covariates if row.table == "episodes" else ())}
    if rule.whole:
        return
    if row.column == WHOLE_TABLE:
        if row.rule not in STATEMENTS:
            yield (
                "column",
                f"a column of {row.table}",
                "nothing",
                "Name the column that the row fills.",
            )
    elif row.column not in known and row.rule not in STATEMENTS:
        hint = nearest(row.column, known)
        remedy = (
            f"{hint}Write a column of docs/dictionary.md, or a covariate of the study's config."
        )
        yield "column", f"a column of {row.table}", "another name", remedy


def _wrong_source(row: MapRow, rule: Rule) -> Iterator[Mistake]:
    if row.rule in STATEMENTS:
        if row.rule == "impossible" and not (row.note or row.detail):
            remedy = "Say in a sentence why your files cannot give it: the report will print it."
            yield "note", "the reason", "nothing", remedy
        return
    dated = row.rule == "days_from" and "on" in row.detail
    if not row.source and rule.columns[1] and not dated:
        yield "source", "the file that it comes from", "nothing", "Name a file of the folder."
    number = len(split(row.given))
    ranged = " to " in row.given.lower()
    if number < rule.columns[0]:
        if not dated:
            expected = f"at least {rule.columns[0]} columns of the source"
            yield "from", expected, f"{number}", "Name them, with ; between them."
    elif number > rule.columns[1] or (ranged and rule.columns[1] == 1):
        expected = f"{rule.columns[1] or 'no'} column of the source"
        yield "from", expected, "more", f"{row.rule} means: {rule.what}."


def _wrong_detail(row: MapRow, rule: Rule) -> Iterator[Mistake]:
    for need in rule.needs:
        if not row.detail.get(need):
            yield "detail", f"{need}=…", "nothing", f"Add it: {row.rule} means {rule.what}."
    if row.words and not rule.words and row.rule not in STATEMENTS:
        yield "detail", "left=right, with ; between them", "a part without =", "Write code=word."
    if row.rule == "constant" and len(row.detail) != 1:
        yield "detail", "one value", "none, or several", "Write the value."
    codes = row.codes
    if codes and not rule.codes:
        hint = nearest(next(iter(codes)), rule.keys)
        known = ", ".join(rule.keys) or "nothing"
        yield "detail", f"{known} left of =", "another word", f"{hint}Remove or correct it."
    if row.rule == "recode" and not codes:
        yield "detail", "code=word, with ; between them", "no code", "Name every code of the file."
    yield from _wrong_words(row)


def _wrong_words(row: MapRow) -> Iterator[Mistake]:
    """Yield where a code becomes, or a constant is, something that the column cannot hold."""
    if row.table not in dictionary() or row.column not in dictionary()[row.table].columns:
        return
    allowed = dictionary()[row.table].field(row.column).enum
    said = list(row.detail)[:1] if row.rule == "constant" else list(row.codes.values())
    if row.rule == "recode":
        said += [row.detail["else"]] if "else" in row.detail else []
    if row.rule not in ("constant", "recode", "copy", "first_of") or not allowed:
        return
    wrong = [one for one in said if one not in allowed and one != MISSING]
    if wrong:
        hint = nearest(wrong[0], [*allowed, MISSING])
        yield "detail", f"{', '.join(allowed)} or missing", "another word", f"{hint}Correct it."
