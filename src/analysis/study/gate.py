"""The first gate: no calendar date and no direct identifier comes past it, whatever the column.

It looks at names and contents of every column of a file, declared or not, after the list of
identifiers of the HIPAA Safe Harbor method (45 CFR 164.514(b)(2)).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date

import pandas as pd

from analysis.study.problems import Problem

FREE_TEXT_LENGTH = 60
# No study lasts so many days; a spreadsheet's date serials and time stamps are larger.
LARGEST_DAY = 20_000

# Kind of identifier -> words in a column's name, as whole words between underscores.
NAMES = {
    "a person's or a group's name": (
        "first_name last_name full_name given_name family_name middle_name maiden_name "
        "patient_name client_name participant_name member_name contact_name therapist_name "
        "provider_name clinician_name counselor_name staff_name group_name firstname lastname "
        "fullname surname forename username initials fname lname nickname"
    ),
    "a date of birth": "dob birth birthdate birthday birthdt",
    "a personal number": (
        "ssn social_security mrn medical_record medical_record_number nhs_number passport "
        "licence license insurance_id insurance_number policy_number medicaid_id medicare_id "
        "beneficiary account account_number survey_identifier"
    ),
    "contact details": "email e_mail phone telephone tel mobile cell_phone fax address addr",
    "a small place": (
        "street city town zip zipcode zip_code postcode post_code postal postal_code "
        "latitude longitude gps"
    ),
    "a device, network or vehicle": (
        "ip_address ip_addr url website device device_id serial_number imei mac_address "
        "license_plate vehicle vin fingerprint biometric photo"
    ),
    "free text about a person": (
        "note notes comment comments narrative free_text freetext remark remarks extra_info "
        "guest_counselors"
    ),
}
# Names that identify only when they stand alone.
WHOLE_NAMES = {
    "name": "a person's or a group's name",
    "names": "a person's or a group's name",
    "ip": "a device, network or vehicle",
    "lat": "a small place",
    "lon": "a small place",
    "lng": "a small place",
    "cell": "contact details",
    "mail": "contact details",
}

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_BEFORE, _AFTER = r"(?<!\d)", r"(?!\d)"
DATE = re.compile(
    "|".join(
        (
            rf"{_BEFORE}{_YEAR}([-/.]){_MONTH}\1{_DAY}{_AFTER}",
            rf"{_BEFORE}{_MONTH}([-/.]){_DAY}\2{_YEAR}{_AFTER}",
            rf"{_BEFORE}{_DAY}([-/.]){_MONTH}\3{_YEAR}{_AFTER}",
            rf"^(?:{_MONTH}([-/]){_DAY}\4\d\d|{_DAY}([-/]){_MONTH}\5\d\d)(?:[ T].*)?$",
            rf"{_BEFORE}{_DAY}(?:st|nd|rd|th)?[ -]{_MONTH_NAME},?[ -](?:{_YEAR}|\d\d){_AFTER}",
            rf"\b{_MONTH_NAME} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}{_AFTER}",
        )
    ),
    re.IGNORECASE,
)
# Forms that other codes share: dates only if every value of a column has them.
COMPACT_DATE = re.compile(
    rf"{_BEFORE}{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{{6}})?{_AFTER}"
)
YEAR_AND_MONTH = re.compile(rf"^(?:{_YEAR}[-/](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[-/]{_YEAR})$")

CONTENTS = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "web addresses": re.compile(r"https?://|\bwww\.", re.IGNORECASE),
    "social security numbers": re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"),
    "phone numbers": re.compile(
        r"(?<![\w.])(?:\+?\d{1,3}[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)"
        r"|\+\d{8,15}\b"
    ),
    "network addresses": re.compile(
        r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$"
    ),
}
# A value without any of these cannot match a pattern above.
_WORTH_A_LOOK = re.compile(r"[@/+(]|\d[-. ]|-\w|www\.|\d{8}|[A-Za-z]{3}.*\d|\s")

_NO_DATES = "Give days since the episode's start instead, or remove the column."
_NO_IDENTIFIERS = "Remove the column from the file; use a pseudonym that cannot be traced."


def refuse_identifying(
    frame: pd.DataFrame, shown: str, day_columns: Collection[str] = ()
) -> list[Problem]:
    """Return what may not come in: calendar dates and direct identifiers, in any column.

    Parameters
    ----------
    frame : pandas.DataFrame
        A file as `files.read_file` gives it; the index holds line numbers.
    shown : str
        The file's path, for messages.
    day_columns : collection of str
        Columns of the file in which day offsets belong; numbers that can only be dates are
        refused there too.

    Returns
    -------
    list of Problem
        At most one a column; empty if the file may come in.
    """
    found = []
    for column in frame.columns:
        problem = (
            _refused_name(column, shown)
            or _refused_dates(frame[column], shown, column in day_columns)
            or _refused_contents(frame[column], shown)
        )
        if problem:
            found.append(problem)
    return found


def _words(name: str) -> str:
    split = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return "_" + re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_") + "_"


def _refused_name(column: str, shown: str) -> Problem | None:
    words = _words(column)
    kind = WHOLE_NAMES.get(words.strip("_"))
    for one, names in NAMES.items():
        if any(f"_{name}_" in words for name in names.split()):
            kind = one
    if kind is None:
        return None
    found = f"a column whose name says {kind}"
    return Problem(shown, column, (), "no direct identifiers", found, _NO_IDENTIFIERS)


def _refused_dates(values: pd.Series, shown: str, is_day: bool) -> Problem | None:
    is_day = (
        is_day or re.search("_(date|datetime|timestamp)_", _words(str(values.name))) is not None
    )
    rows = _date_rows(values.dropna(), is_day)
    if not rows:
        return None
    found = "a calendar date where a day offset belongs" if is_day else "calendar dates"
    return Problem(shown, str(values.name), rows, "no calendar dates", found, _NO_DATES)


def _date_rows(values: pd.Series, is_day: bool) -> tuple[int, ...]:
    if pd.api.types.is_datetime64_any_dtype(values) or isinstance(values.dtype, pd.PeriodDtype):
        return tuple(values.index)
    if pd.api.types.is_bool_dtype(values):
        return ()
    if pd.api.types.is_numeric_dtype(values):
        return _numeric_date_rows(values, is_day)
    rows = _rows_where(values, lambda one: isinstance(one, date) or _is_date(str(one)))
    if rows:
        return rows
    if is_day:
        numbers = pd.to_numeric(values, errors="coerce").dropna()
        return _numeric_date_rows(numbers, is_day)
    for form in (COMPACT_DATE, YEAR_AND_MONTH):
        rows = _rows_where(values, lambda one, form=form: form.search(str(one)) is not None)  # type: ignore[misc]
        if rows and len(rows) == len(values):
            return rows
    return ()


def _numeric_date_rows(values: pd.Series, is_day: bool) -> tuple[int, ...]:
    if is_day:
        return tuple(values.index[values.abs() > LARGEST_DAY])
    year, month, day = values // 10_000, values // 100 % 100, values % 100
    compact = year.between(1900, 2099) & month.between(1, 12) & day.between(1, 31)
    return tuple(values.index) if len(values) and compact.all() else ()


def _is_date(text: str) -> bool:
    return _WORTH_A_LOOK.search(text) is not None and DATE.search(text) is not None


def _refused_contents(values: pd.Series, shown: str) -> Problem | None:
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return None
    present = values.dropna()
    looked_at = present[_flags(present, lambda one: _WORTH_A_LOOK.search(str(one)) is not None)]
    for kind, pattern in CONTENTS.items():
        rows = _rows_where(looked_at, lambda one, p=pattern: p.search(str(one)) is not None)  # type: ignore[misc]
        if rows:
            column = str(values.name)
            return Problem(shown, column, rows, "no direct identifiers", kind, _NO_IDENTIFIERS)
    rows = _rows_where(looked_at, lambda one: len(str(one)) > FREE_TEXT_LENGTH and " " in str(one))
    if rows:
        expected = f"codes or words of at most {FREE_TEXT_LENGTH} characters"
        return Problem(shown, str(values.name), rows, expected, "free text", _NO_IDENTIFIERS)
    return None


def _flags(values: pd.Series, test: Callable[[object], bool]) -> pd.Series:
    """Return the test's answer for every row; each different value is tested once."""
    codes, unique = pd.factorize(values)
    answers = pd.array([test(one) for one in unique], dtype=bool).to_numpy()
    return pd.Series(answers[codes] if len(values) else [], index=values.index, dtype=bool)


def _rows_where(values: pd.Series, test: Callable[[object], bool]) -> tuple[int, ...]:
    return tuple(values.index[_flags(values, test)])
