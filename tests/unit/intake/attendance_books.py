"""Attendance workbooks in the layouts that programs have, with what stands in them."""

import datetime as dt
from dataclasses import dataclass, field

import openpyxl
from hypothesis import strategies as st

CODES = {"attended": "P", "no_show": "A", "excused": "E", "left_early": "L 60"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SCHEMES = ["date", "mdy", "dmy", "short", "iso", "named", "days"]


@dataclass
class Book:
    """A workbook, and group, date, person and status of every mark in it."""

    sheets: dict[str, list[list[object]]]
    marks: set[tuple[str, dt.date, str, str]]
    detail: dict[str, str] = field(default_factory=dict)

    def save(self, path):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(path)
        return path


def shown(day: dt.date, scheme: str) -> object:
    """A date as a heading."""
    return {
        "date": dt.datetime(day.year, day.month, day.day),
        "mdy": f"{day:%m/%d/%Y}",
        "dmy": f"{day:%d.%m.%Y}",
        "short": f"{day.month}/{day.day}",
        "iso": f"{day:%Y-%m-%d}",
        "named": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        "days": day.day,
    }[scheme]


def grid(draw, days, people, marks, scheme, titles, extra, group_column):
    """Rows of a block: titles, months, headings, people, totals."""
    left = ["Client ID", *(["Group"] if group_column else []), *(["Admit", "Therapist"] * extra)]
    rows = [[title] for title in titles]
    if scheme in ("short", "days"):
        months = [f"{MONTHS[day.month - 1]} {day.year}" for day in days]
        merged = [m if n == 0 or months[n - 1] != m else None for n, m in enumerate(months)]
        rows.append([None] * len(left) + merged)
    rows.append([*left, *(shown(day, scheme) for day in days), "Total"])
    for group, person in people:
        own = [marks.get((group, day, person)) for day in days]
        about = [group] if group_column else []
        admit = [dt.datetime(2024, 12, 1), "T. One"] * extra
        rows.append([person, *about, *admit, *(CODES.get(one) for one in own), len(days)])
        if draw(st.integers(0, 5)) == 0:
            rows.append([draw(st.sampled_from(["-- new cohort --", "(continued)", None]))])
    present = [
        sum(marks.get((group, day, person)) == "attended" for group, person in people)
        for day in days
    ]
    if draw(st.booleans()):
        rows.append(["TOTAL PRESENT", *[None] * (len(left) - 1), *present])
    if draw(st.booleans()):
        rows += [[], ["P", "present"], ["A", "absent"], ["E = excused, L = left early"]]
    return rows


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A workbook of one layout, a sheet a group or a sheet a month."""
    scheme = draw(st.sampled_from(SCHEMES))
    groups = draw(st.sampled_from([["Mood AM"], ["Mood AM", "DBT Skills"]]))
    first = dt.date(2025, draw(st.integers(1, 12)), draw(st.integers(1, 28)))
    steps = draw(st.lists(st.integers(1, 9), min_size=4, max_size=12))
    days = [first + dt.timedelta(sum(steps[:n])) for n in range(len(steps))]
    ids = draw(st.lists(st.integers(1, 999), min_size=2, max_size=5, unique=True))
    as_text = draw(st.booleans())
    names = {one: f"{one:05}" if as_text else one for one in ids}
    marks = {}
    for number, one in enumerate(ids):
        group = groups[number % len(groups)]
        for day in days:
            status = draw(st.sampled_from([None, *CODES]))
            if status:
                marks[group, day, names[one]] = status
    people = [(groups[number % len(groups)], names[one]) for number, one in enumerate(ids)]
    extra, by_month = draw(st.booleans()), draw(st.booleans())
    sheets = {}
    if by_month:
        for month in sorted({(day.year, day.month) for day in days}):
            own = [day for day in days if (day.year, day.month) == month]
            seen = [one for one in people if any((one[0], day, one[1]) in marks for day in own)]
            name = f"{MONTHS[month[1] - 1]} {month[0]}"
            if len(own) >= 3 or scheme != "days":
                sheets[name] = grid(draw, own, seen, marks, scheme, [], extra, True)
        kept = {tuple(map(int, (n.split()[1], MONTHS.index(n.split()[0]) + 1))) for n in sheets}
        marks = {key: one for key, one in marks.items() if (key[1].year, key[1].month) in kept}
    else:
        for group in groups:
            own = [one for one in people if one[0] == group]
            titles = draw(st.sampled_from([[], [f"{group} — 3 hrs"], ["Attendance", None]]))
            sheets[group] = grid(draw, days, own, marks, scheme, titles, extra, False)
    expected = {(group, day, str(person), one) for (group, day, person), one in marks.items()}
    detail = {"mdy": "month first", "dmy": "day first", "short": "month first"}
    return Book(sheets, expected, {"order": detail[scheme]} if scheme in detail else {})
