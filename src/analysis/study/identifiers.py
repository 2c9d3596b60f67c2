"""How direct identifiers and calendar dates look: words in names, patterns in contents.

After the list of identifiers of the HIPAA Safe Harbor method (45 CFR 164.514(b)(2)).
"""

from __future__ import annotations

import re

FREE_TEXT_LENGTH = 60
# Ages above it are identifiers of their own.
OLDEST_AGE = 89
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
            rf"\b{_MONTH_NAME} (?:{_DAY}(?:st|nd|rd|th)?,? )?{_YEAR}{_AFTER}",
        )
    ),
    re.IGNORECASE,
)
# Forms that other codes share: dates only if every value of a column has them.
COMPACT_DATE = re.compile(
    rf"{_BEFORE}{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{{6}})?{_AFTER}"
)
SHORT_DOTTED_DATE = re.compile(rf"^{_DAY}\.{_MONTH}\.\d\d$")
YEAR_AND_MONTH = re.compile(rf"^(?:{_YEAR}[-/](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[-/]{_YEAR})$")

CONTENTS = {
    "e-mail addresses": re.compile(r"(?:^|(?<=[@\s]))[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
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
WORTH_A_LOOK = re.compile(r"[@/+(]|\d[-. ]|-\w|www\.|\d{8}|\s")
# No pattern here may run to the end of a value from every place in it: that takes its square.
