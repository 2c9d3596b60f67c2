"""How direct identifiers look in a cell: words of identifiers.yaml, and forms.

After the 18 classes of the HIPAA Safe Harbor method (45 CFR 164.514(b)(2)). Dates stand in
`dates.py`, names of people in `personal_names.py`, names of columns in `column_names.py`.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analysis.study.documents import read_yaml

FILE = Path(__file__).with_name("identifiers.yaml")
# A cell that is longer holds no code and no word, whatever it says; no form looks at more of it.
LONGEST_CELL = 200
FREE_TEXT_LENGTH = 60


@cache
def _lists() -> Mapping[str, Mapping[str, str] | str]:
    found: Mapping[str, Mapping[str, str] | str] = read_yaml(FILE)
    return found


def kinds_of(part: str) -> Mapping[str, str]:
    """Return kind to its words, as one text, of one part of identifiers.yaml."""
    kinds = _lists()[part]
    assert not isinstance(kinds, str)
    return kinds


@cache
def words_of(part: str) -> Mapping[str, str]:
    """Return word to kind of one part of identifiers.yaml."""
    return {word: kind for kind, words in kinds_of(part).items() for word in words.split()}


@cache
def listed(part: str) -> frozenset[str]:
    """Return the words of one list of identifiers.yaml."""
    words = _lists()[part]
    assert isinstance(words, str)
    return frozenset(words.split())


_LETTERS = str.maketrans({"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "Ø": "O", "æ": "ae", "đ": "d"})


def normal(text: str) -> str:
    """Return a text with plain digits, hyphens and spaces, and Latin letters without accents."""
    if text.isascii():
        return text
    letters: list[str] = []
    for one in unicodedata.normalize("NFKD", text.translate(_LETTERS)):
        kind = unicodedata.category(one)
        if kind == "Nd":
            letters.append(str(unicodedata.decimal(one)))
        elif kind == "Pd" or one == "\u2212":
            letters.append("-")
        elif kind == "Zs":
            letters.append(" ")
        elif kind == "Cf" or (kind == "Mn" and letters and letters[-1].isascii()):
            continue
        else:
            letters.append(one)
    return unicodedata.normalize("NFC", "".join(letters))


def _form(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


_TOP_LEVEL = (
    "com|org|net|edu|gov|mil|info|biz|io|co|me|app|dev|health|clinic|uk|de|fr|es|it|nl|be|ch|at|se|no|dk|fi|pl|eu"
    "|ca|au|nz|jp|cn|in|br|mx|ru"
)
_STREET = "|".join(sorted(sorted(listed("streets")), key=len, reverse=True))
_NO_STREET = (
    r"(?!(?:hours?|hrs?|min(?:ute)?s?|days?|weeks?|months?|miles?"
    r"|km|steps?|sessions?|x|of|to|or|and|in)\b)"
)
_STATE = (
    "A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]"
    "|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_RECORD = (
    r"mrn|s/n|ins id|med(?:ical)?\.? ?rec(?:ord)?|health (?:record|card)|chart|acct|account|policy"
    r"|medicaid|medicare|insurance|licen[cs]e|lic|dl|sn|passport|subscriber|beneficiary|certificate|badge"
    r"|npi|dea|vin|iban|routing|hicn?|mbi|serial|plate|ssn|sin|nhs"
    r"|ehr|emr|member(?:ship)? id|reisepass|pasaporte|imei"
)
_NUMBERED = (
    r"patient|client|case|file|record|member|claim|hospital|employee|student|inmate|device"
    r"|room|encounter"
)
_DIGITS = r"[A-Z]{0,3}[-. ]?\d[\dA-Z]*(?:[-. ]\d+)*"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

CONTENTS: Mapping[str, re.Pattern[str]] = {
    "e-mail addresses": _form(
        r"[^@\s]@[^@\s.]+\.[A-Za-z]",
        r"[a-z]@[a-z]",
        r"\w ?(?:\[at\]|\(at\)|\{at\}|<at>) ?\w",
        r"\w at \w+ dot \w",
        r"(?:^|\s)@[a-z_]\w{2,}",
    ),
    "web addresses": _form(
        r"\b(?:https?|ftp|sftp):",
        r"\bwww\.",
        rf"(?:^|[\s/(<])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_TOP_LEVEL})(?:[/:?#][^\s]*)?(?:$|[\s),;>])",
    ),
    "phone numbers": _form(
        r"\+\d[\d ().-]{6,20}\d",
        r"(?<![\d-])00[1-9]\d{0,2}[ .-]\d[\d .-]{5,}",
        r"\(\d{3}\)[ -]?\d{3}[ .-]?\d{4}",
        r"(?<![\w.,-])[1-9]\d\d \d\d \d\d \d\d(?!\d)",
        r"(?<![\w.])(?:1[ .-])?\d{3}([ ./])\d{3}\1?[ .-]?\d{4}(?!\d)",
        r"(?<![\w.-])1-\d{3}-\d{3}-\d{4}(?!\d)",
        r"\(0\d{1,4}\) ?\d[\d /-]{3,}\d",
        r"(?<![\w.,-])0\d{1,5}[ /]\d{2,}(?:[ -]?\d{2,}){1,4}(?!\d)",
        r"(?<![\w.,-])0\d([ .-])\d\d(?:\2\d\d){3}(?!\d)",
        r"(?<![\w.,-])0\d{1,4}-\d{6,8}(?!\d)",
        r"(?<![\w-])555[ -]?\d{4}(?!\d)",
        r"\b(?:tel|telephone|phone|ph|cell|mobile|fax|pager|call(?: \w+)? at|call)\b"
        r"\.?[ :#-]{0,3}\(?\d[\d ().-]{3,}\d",
        r"\b(?:ext|extension|x)\.? ?\d{3,5}$",
    ),
    "record numbers": _form(
        rf"\b(?:{_RECORD})(?:\b|(?=[_#]))[ .:#_-]{{0,3}}(?:(?:id|no|nr|num|number|card)\b)?"
        rf"[ .:#-]{{0,3}}{_DIGITS}\b",
        rf"\b(?:{_RECORD})\d{{4,}}\b",
        r"\bmr ?# ?\d{3,}|\bdevice id\b[ .:#-]{0,3}\w+",
        r"(?<![^\s:])[x*#]{3}-[x*#]{2}-\d{4}(?!\d)",
        rf"\b(?:{_NUMBERED})[ .:]{{0,2}}(?:#|(?:no|nr|num|number)\b)[ .:#-]{{0,3}}{_DIGITS}\b",
        r"(?<!\w)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\w)",
        r"(?<!\w)3\d{3}([ -])\d{6}\2\d{5}(?!\w)",
        r"^(?-i:[1-9][AC-Y][0-9AC-Y]\d-?[AC-Y][0-9AC-Y]\d-?[AC-Y]{2}\d\d)$",
        r"^(?-i:[A-CEGHJ-PR-TW-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D])$",
        r"^(?-i:[A-Z]{2} \d\d \d\d \d\d [A-D])$",
        r"^(?-i:[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)$",
        r"^(?=[A-HJ-NPR-Z0-9]{17}$)(?=\D*\d\D*\d\D*\d)(?-i:\d*[A-Z]\d*[A-Z][A-Z0-9]*)$",
    ),
    "network addresses": _form(
        rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?:[:/]\d+)?(?![\w.])",
        r"(?<!\w)(?:[0-9a-f]{2}([:-])){5}[0-9a-f]{2}(?!\w)",
        r"^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$",
    ),
    "addresses": _form(
        rf"(?<![\w.])\d{{1,6}}[a-z]?,? {_NO_STREET}(?:[\w.'-]{{1,30}} ){{1,4}}?"
        rf"(?=[a-hl-tw])(?:{_STREET})\b\.?(?=$|[ ,;.#])",
        r"^(?:[A-Z][a-z]+ ){1,2}(?:Street|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Drive)$",
        r"^\d{1,3}(?:st|nd|rd|th) (?:street|st|avenue|ave|road|rd|boulevard|blvd)\b\.?$",
        r"^(?-i:[A-Z][a-z]{2,20}) (?:St|Ave|Rd|Blvd|Ln|Dr|Ct)\.?$",
        r"^\d{1,5} [NSEW]\.? [A-Z][a-z]+$|\bbox \d{2,}",
        r"\bp\.? ?o\.? ?box\b|\bpostfach\b|\bapartado\b|\brural route\b|\brr ?\d+ box\b",
        r"\b(?:apt|apartment|suite|ste|flat|unit)\b\.? ?#? ?\d+[a-z]?\b",
        r"[a-z]{3,20}(?:strasse|str\.|gasse|allee|platz|straat|laan|plein|gracht|vagen|gatan"
        r"|veien|vej|gade) ?\d+",
        r"\b(?:[A-Z]\w{2,20}er|am|an der|im|zum) (?:strasse|str\.|platz|weg|allee|ring|damm) \d+",
        r"[A-Za-z]{3,20}weg \d+",
        r"^[A-Z]\w+ (?:strasse|str\.|weg|platz|allee) \d+",
        r"^(?-i:(?:Am|An der|Auf der|Im|Zum|Zur) [A-Z]\w+ \d+[a-z]?)$",
        r"(?<!\d)\d{1,5}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|chemin|place|impasse"
        r"|allee|quai|route) (?:de|du|des|d'|la|le)?",
        r"\b(?:calle|c/|avenida|avda|av\.|carrera|cra|plaza|paseo|camino|rua|via|viale|piazza|corso"
        r"|ulica|ul\.) [\w' .-]{2,40}[ ,#]{1,2}\d+",
        r"\d{1,2}-\d{1,2}-\d{1,3},? [A-Z][a-z]+-(?:ku|shi|cho)\b|[都道府県市区町村]\S*\d+[-丁番]",
    ),
    "small places": _form(
        rf"\b(?-i:{_STATE}),? +\d{{5}}(?:-\d{{4}})?$",
        rf"^(?-i:[A-Z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){{0,2}}), (?-i:{_STATE})\b",
        r"\b(?:zip|zipcode|zip code|postcode|postal code|plz)\b[ .:#]{0,3}[A-Z]{0,2}-?\d{3,5}",
        r"^(?-i:[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d)$",
        r"(?<!\w)(?-i:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})(?!\w)",
        r"^(?-i:(?=.{6})(?:[BEGLMNSW]|[A-Z]{2})\d[\dA-Z]?\d[ABD-HJLNP-UW-Z]{2})$",
        r"^\d{4} ?(?-i:[A-Z]{2})$",
        r"^(?-i:[A-Z]{1,3})-\d{4,5}(?: [A-Z][a-z]+)$",
        r"^〒?\d{3}-\d{4}$(?<=〒.{8})",
        r"-?\d{1,3}\.\d{3,},? *[,;/ ] *-?\d{1,3}\.\d{3,}",
        r"-?\d{1,2}\.\d{2,}, ?-\d{2,3}\.\d{2,}",
        r"\d{1,3} ?°|\d{1,3}\.\d+° ?[NSEW]",
        r"\b(?:county|township|borough) of [A-Z]",
        r"\b(?-i:[A-Z][a-z]{1,20}) (?-i:County|Township|Parish)\b",
    ),
}

# Ages of ninety and over, said in words beside the number.
OLD_AGE = re.compile(
    r"(?<![\d.-])(?:9\d|1[01]\d)[ -]?(?:years?|yrs?|y[./]?o\b|jahre|ans\b|anos)(?! ?(?:and|or|\+))"
    r"|\b(?:aged?|alter|edad)[ :=]{1,2}(?:9[1-9]|1[01]\d)\b(?!\+)"
    r"|\b(?:nineties|centenarian)\b",
    re.IGNORECASE,
)

_TOLD = re.compile(rf"\b(?:{'|'.join(sorted(listed('of_whom')))})\b", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:she|he|her|his|him|hers|we|our)\b", re.IGNORECASE)
_TELLING = re.compile(rf"\b(?:{'|'.join(sorted(listed('telling')))})\b", re.IGNORECASE)


def is_network_6(text: str) -> bool:
    """Return whether a text is an address of version 6 of the internet's protocol."""
    if text.count(":") < 2:
        return False
    try:
        return ipaddress.ip_interface(text.strip("[]")).version == 6
    except ValueError:
        return False


def is_free_text(text: str) -> bool:
    """Return whether a text tells of somebody, or is longer than a label."""
    if len(text) > FREE_TEXT_LENGTH and " " in text:
        return True
    words = text.count(" ") + 1
    if words >= 4 and re.search(r"\b\d{1,2}[ -]year[ -]old\b", text):
        return True
    if words >= 6 and _OTHERS.search(text):
        return True
    return words >= 4 and bool(_TOLD.search(text)) and bool(_TELLING.search(text))
