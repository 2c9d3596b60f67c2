"""Read the Metapsy databases (metapsy.org, ODC-By 1.0): signs and codes differ by file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.evidence.errors import SourceError

SIGN: dict[str, int] = {
    "bodily-distress-psyctr": -1,
    "borderline-psyctr": -1,
    "depression-anxiety-transdiagnostic": 1,
    "depression-childadol-psyctr": 1,
    "depression-inpatients": -1,
    "depression-psyctr": 1,
    "ed-psyctr": 1,
    "gad-psyctr": -1,
    "gambling-psyctr": -1,
    "ocd-psyctr": 1,
    "panic-psyctr": -1,
    "psychosis-psyctr": -1,
    "ptsd-psyctr": 1,
    "sad-psyctr": 1,
}
"""Factor that makes `.g` positive where the treated arm did better."""

TURNED: dict[str, tuple[str, ...]] = {
    "bodily-distress-psyctr": ("phs",),
    "borderline-psyctr": ("suicidal behaviour", "whoqol-bref"),
    "gambling-psyctr": ("qol",),
}
"""Outcome domains and instruments of a database whose factor is the other one: more is better
(physical health, quality of life), or the effect is of events that were coded as better if fewer.
Tests check every factor on the arms' means, on how arms moved from baseline, and on events."""

_ARM_COLUMNS = {
    f"{ours}_arm{arm}": f"{theirs}_arm{arm}"
    for arm in (1, 2)
    for ours, theirs in (
        ("mean", "mean"),
        ("sd", "sd"),
        ("n", "n"),
        ("change", "mean_change"),
        ("sd_change", "sd_change"),
        ("n_change", "n_change"),
        ("event", "event"),
        ("totaln", "totaln"),
    )
}
_FORMATS = {"grp": "group", "group": "group", "ind": "individual", "individual": "individual"}


_DOMAINS = ("outcome_domain", "symptom_domain")


def _signs(name: str, outcome: pd.Series, instrument: pd.Series) -> pd.Series:
    """Return the factor of every row: the database's, or the other one for turned outcomes."""
    turned = TURNED.get(name, ())
    other = outcome.isin(turned) | instrument.str.lower().isin(turned)
    return other.map({True: -SIGN[name], False: SIGN[name]}).astype(int)


def _number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.str.replace(",", ".", regex=False), errors="coerce")


def read_database(folder: Path, name: str) -> pd.DataFrame:
    """Read one database with its effects turned so that positive = treated arm better.

    Parameters
    ----------
    folder : Path
        Folder of the semicolon-separated files.
    name : str
        A key of `SIGN`.

    Returns
    -------
    DataFrame
        `study`, `arm` (label of the treated arm), `instrument`, `time` (``post`` where the database
        has no time), `kind` (outcome type), `outcome` (domain, else outcome type, in lower case),
        `format` (``group``, ``individual`` or missing), `g`,
        `se`, and the arms' means, mean changes, standard deviations, sizes and events
        (`mean_arm1`, ...), missing where absent.

    Raises
    ------
    SourceError
        If the sign of the database is not known here or the file is not there.
    """
    path = folder / f"{name}.csv"
    if name not in SIGN:
        raise SourceError(f"the sign of the effects in database {name} is not recorded")
    if not path.is_file():
        raise SourceError(f"database {name} is not in the folder of shared data")
    raw = pd.read_csv(path, sep=";", dtype="string", encoding="utf-8", encoding_errors="replace")
    absent = pd.Series(pd.NA, index=raw.index, dtype="string")
    time = raw["time"].str.lower() if "time" in raw else absent
    coded = raw["format"].str.lower() if "format" in raw else absent
    domain = next((one for one in _DOMAINS if one in raw), "outcome_type")
    outcome = raw[domain].str.lower()
    frame = pd.DataFrame(
        {
            "study": raw["study"],
            "arm": raw["multi_arm1"],
            "instrument": raw["instrument"],
            "time": time.fillna("post"),
            "kind": raw["outcome_type"],
            "format": coded.map(_FORMATS),
            "outcome": outcome,
            "g": _signs(name, outcome, raw["instrument"]) * _number(raw[".g"]),
            "se": _number(raw[".g_se"]),
        }
    )
    for ours, theirs in _ARM_COLUMNS.items():
        frame[ours] = _number(raw[theirs]) if theirs in raw else float("nan")
    return frame
