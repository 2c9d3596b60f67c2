"""The data dictionary as a page for people: docs/dictionary.md, made from tables.yaml."""

from __future__ import annotations

from analysis.study import limits
from analysis.study.checks import declared_checks
from analysis.study.coercion import IN_WORDS
from analysis.study.dictionary import Field, Table, dictionary

FIX = "python -m analysis.study.dictionary_page > docs/dictionary.md"

_LIMITS = "\n".join(limits.in_words())
_HEAD = f"""\
# The data dictionary

Made from `src/analysis/study/tables.yaml`; after changing that file run `{FIX}`.

Only `episodes` is needed; every further table lets more claims be tested. Declare yours in the
study's config under `tables:`, and under `columns:` what your columns are called. A column may be
left out unless it is marked *needed*. Columns that are not listed here are not read, except
declared covariates; but no column of any file may hold calendar dates or direct identifiers.
They are known by a column's name, its value labels and its contents, after the 18 classes of the
HIPAA Safe Harbor method: names of people, small places and addresses, dates in any language and as
serials or time stamps, telephone, e-mail, record and network numbers, ages of 90 and over, free
text. Where the gate is wrong about a column, say so in the config, with your reason, which the
page on data quality prints: `not_identifying: {{episodes: {{chart_no: "..."}}}}`.

Others may know a participant's age band, gender and site. Name such columns under
`quasi_identifiers: {{columns: [age_band, gender], sensitive: [condition], k: 10, l: 2}}`: how many
rows belong to fewer than k participants alike, or to those alike with fewer than l values of a
sensitive column, is then counted among the doubts (k-anonymity, l-diversity).

- Ids are pseudonyms. *Private* columns never leave a results folder.
- A day counts from the start of the episode: day 0, negative before it. A study day counts from an
  undisclosed origin shared by the whole study.
- An empty cell, `NA`, `N/A`, `NaN` or `NULL` means that the value is missing. Other codes, such as
  99 or a single point, are named in the study's config under `missing_codes:`.
- An assessment without a day gets the planned day of its wave, where the config gives one under
  `waves:`.
- Files: csv or tsv (UTF-8), parquet, xlsx (the sheet of the table's name, else the first), sav, dta
  (value labels replace the codes of text columns).

Larger files are refused before they are read:

{_LIMITS}
"""


def dictionary_page() -> str:
    """Return docs/dictionary.md: every canonical table with its columns, keys and references."""
    parts = [_HEAD, *(_section(one) for one in dictionary().values()), _checks()]
    return "\n".join(parts).rstrip() + "\n"


def _checks() -> str:
    """Return the checks between columns and tables, those that stop a study first."""
    lines = ["## Checks between columns and tables", ""]
    lines += [
        "A *stop* refuses the study. A *doubt* changes nothing: it is counted in `quality.csv` and"
    ]
    lines += ["on the report's page on data quality, with what was done.", ""]
    lines += ["| check | where | what is found | what is done |", "|---|---|---|---|"]
    for one in sorted(declared_checks(), key=lambda one: one.severity != "stop"):
        where = (
            f"`{one.table}.{one.column}`"
            if one.table
            else f"every column of the kind *{one.columns}*"
        )
        done = "*stop*" if one.severity == "stop" else one.done
        lines.append(f"| {one.name.replace('_', ' ')} | {where} | {one.found} | {done} |")
    return "\n".join(lines)


def _section(table: Table) -> str:
    lines = [f"## {table.name}", "", f"{table.title}.", ""]
    for key in table.keys:
        lines.append(f"- No two rows share {' and '.join(f'`{one}`' for one in key)}.")
    for one in table.foreign_keys:
        lines.append(f"- `{one.column}` stands in `{one.table}.{one.target}`.")
    lines += ["", "| column | what it is | values | |", "|---|---|---|---|"]
    lines += [_row(one) for one in table.fields]
    return "\n".join(lines) + "\n"


def _row(field: Field) -> str:
    marks = [word for word, on in (("needed", field.required), ("private", field.private)) if on]
    return f"| `{field.name}` | {field.description} | {_values(field)} | {', '.join(marks)} |"


def _values(field: Field) -> str:
    if field.enum:
        return ", ".join(f"`{one}`" for one in field.enum)
    limits = []
    if field.minimum is not None:
        limits.append(f"at least {field.minimum:g}")
    if field.maximum is not None:
        limits.append(f"at most {field.maximum:g}")
    return ", ".join([IN_WORDS[field.type], *limits])


if __name__ == "__main__":
    print(dictionary_page(), end="")
