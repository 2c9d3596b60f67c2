"""Names of people in cells: by lists of given names and surnames, by titles, and by shape."""

from __future__ import annotations

import re
from functools import cache

from analysis.study.identifiers import listed

_TITLE = re.compile(
    r"(?:^|[\s(])(?:(?:Mr|Mrs|Ms|Dr|Prof|Mme|Mlle|Sra?|Srta|Hr|Fr|Sgt|Rev|Pastor|Father|Sister|Nurse|Herr"
    r"|Frau|Señora?|Senora?|Monsieur|Madame|Signora?|MR|MRS|MS|DR)\.?(?: med\.)?|Miss|M\.)"
    r" (?:[A-Z]\. ?){0,2}[A-Z][A-Za-z'’-]+"
    r"|(?:^|\s)(?:mr|mrs|ms|dr|prof)\.? [a-z]{3,}"
)
_DEGREE = re.compile(
    r"^[A-Z][A-Za-z.'’-]+(?:,? [A-Z][A-Za-z.'’-]*)*,? (?:M\.?D|Ph\.?D|LCSW|LMFT|Psy\.?D|LPC"
    r"|LMHC|LCPC|CADC|Jr|Sr|I{2,3})\.?$"
)
_INITIALS = re.compile(r"^(?:[A-Z]\. ?){2,3}$")
_NO_INITIALS = frozenset({"N.A.", "U.S.", "P.M.", "A.M.", "U.K.", "E.U.", "I.V.", "P.O."})
_INITIAL_AND_NAME = re.compile(r"^(?:[A-Z]\. ?){1,2}[A-Z][a-z'’-]{2,}$")
_NAME_AND_INITIAL = re.compile(r"^([A-Z][a-z'’-]{2,}),? [A-Z]\.?(?: ?[A-Z]\.?)?$")
_USER = re.compile(r"^[a-z](?:[._]([a-z]{3,})|([a-z]{5,}))\d{0,4}$")
_IRISH = re.compile(r"\b[OD]['’][A-Z][a-z]+")
_PARTS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CODE = re.compile(r"\d[A-Za-z]")
_POSSESSIVE = re.compile(r"['’]s$")
_CYRILLIC = re.compile(r"^[А-Я][а-яё]+ [А-Я][а-яё]+$")
_HAN = re.compile(
    r"^[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭林何罗羅郑鄭梁谢謝宋唐许許邓鄧冯馮韩韓曹曾彭萧蔡潘田董袁于余叶葉蒋蔣杜苏蘇魏程吕呂丁沈任姚卢盧傅佐鈴高橋渡]\S{1,3}$"
)
_HANGUL = re.compile(
    r"^[김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염추도소석선설마길연위표명기반왕금옥육인맹제모][가-힣]{2}$"
)
_KANJI = re.compile(
    r"^(?:佐藤|鈴木|高橋|田中|伊藤|渡[辺邊]|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|林)\s?\S{1,3}$"
)
_NOT_HAN = re.compile(r"[症病中性级級学學度别別男女是否]")
_NAMED = re.compile(r"\b(?:name|named|called|aka)\b[ :]+[A-Z][a-z]+")
# Two or three words with capitals, as a column of names has them.
SHAPE = re.compile(r"^[^\W\d_][\w'’-]+,? [^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’-]+)?$")


@cache
def _given() -> frozenset[str]:
    return listed("given") - listed("words")


@cache
def _either() -> frozenset[str]:
    """Return given names and surnames that are no other word."""
    return (listed("given") | listed("surnames")) - listed("words")


def is_name(text: str, plain: str) -> bool:
    """Return whether a cell is, or holds, the name of a person.

    Parameters
    ----------
    text : str
        The cell.
    plain : str
        The cell after `identifiers.normal`.
    """
    if _TITLE.search(plain) or _NAMED.search(plain) or _IRISH.search(plain):
        return True
    if _CODE.search(plain):
        return False
    if _INITIALS.match(plain):
        return plain not in _NO_INITIALS
    if not text.isascii() and (_CYRILLIC.match(text) or _is_elsewhere(text)):
        return True
    parts = _PARTS.findall(plain)
    words = [_POSSESSIVE.sub("", one.lower()).replace("'", "").replace("’", "") for one in parts]
    return (
        _has_degree(plain, words)
        or _initialled(plain, words)
        or _is_made_of_names(plain, words)
        or any(
            one[0].isupper() and word in _given() for one, word in zip(parts, words, strict=True)
        )
    )


def _is_elsewhere(text: str) -> bool:
    """Return whether a text in letters that are not Latin is a name by its first sign or word."""
    if set(text.split()) & listed("not_latin") or _HANGUL.match(text) or _KANJI.match(text):
        return True
    return 2 <= len(text) <= 4 and bool(_HAN.match(text)) and not _NOT_HAN.search(text)


def _has_degree(plain: str, words: list[str]) -> bool:
    return bool(_DEGREE.match(plain)) and not listed("roles") & set(words)


def _initialled(plain: str, words: list[str]) -> bool:
    if _INITIAL_AND_NAME.match(plain):
        return True
    return bool(_NAME_AND_INITIAL.match(plain)) and words[0] in listed("surnames") | listed("given")


def _is_made_of_names(plain: str, words: list[str]) -> bool:
    """Return whether a cell is nothing but names: one that is no word, or given and family."""
    if not words or len(words) > 4 or len(plain) > 60:
        return False
    user = _USER.match(plain)
    if user and (user[1] or user[2]) in listed("surnames") - listed("words"):
        return True
    if len(words) == 1:
        return words[0] in _either()
    long = [one for one in words if len(one) > 1]
    if len(long) == 1 and long[0] in _either():  # an initial beside it
        return True
    given, family = listed("given"), listed("surnames")
    known = [one for one in long if one in given or one in family]
    if len(known) < len(long):
        # one unknown part beside a name that is no other word: Maria Quispe, DeShawn Jackson
        family = listed("surnames") - listed("words")
        ends = long[-1] in family and " " in plain
        if len(long) == 2:
            return ends or any(one in _given() for one in long)
        ends = ends or long[0] in family
        return ends and any(one in given for one in long)
    paired = any(one in given for one in long) and any(one in family for one in long)
    return paired and len(long) > 1
