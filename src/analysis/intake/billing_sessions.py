"""Standing services made into sessions: same provider, day and place, and who was billed for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.intake.billing_codes import GROUP, Service
from analysis.intake.billing_lines import Coded

_LED = ["format", "provider", "date"]
_KEY = ["format", "who", "provider", "date", "site", "place", "block"]


def sessions_of(
    services: pd.DataFrame,
    columns: Mapping[str, Coded],
    known: Sequence[Service | None],
    unit: str,
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return sessions and who had one.

    Parameters
    ----------
    services : DataFrame
        As `billing_lines.standing` gives them.
    columns : mapping
        The extract's columns, for the values behind places.
    known : sequence of (Service or None)
        The service of each code.
    unit : {"session", "billing_block", "day"}
        What a group session is.

    Returns
    -------
    DataFrame, DataFrame, list of str
        Sessions and attendance as `billing.Billing` has them, and what is worth knowing.
    """
    notes: list[str] = []
    services = services.assign(row=services.index)
    minutes = [float("nan") if one is None or one.minutes is None else one.minutes for one in known]
    each = np.array([*minutes, float("nan")])[services["code"].to_numpy()]
    services["minutes"] = each * services["units"]
    services["who"] = services["person"].mask(services["format"] == GROUP, -1)
    services["block"] = np.int32(1)
    services = _meeting(services, notes)
    if unit == "day":
        services = _days(services)
    elif unit == "billing_block":
        services = _blocks(services, each)
    services["session"] = services.groupby(_KEY, sort=True, observed=True).ngroup() + 1
    attendance = _attendance(services, columns)
    return _sessions(services, columns, unit), attendance, notes


def _meeting(services: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Give clients who took part online the place at which their provider was that day.

    Where the provider was at several places that day, they are a session of their own.
    """
    here = services[~services["online"]]
    places = here.groupby(_LED, observed=True)["place"].agg(["min", "max"])
    both = services[_LED].join(places, on=_LED)
    alone = both["min"].notna() & (both["min"] == both["max"])
    joins = services["online"] & (services["format"] == GROUP)
    place = services["place"].mask(joins & alone, both["min"].fillna(-1))
    services = services.assign(place=place.astype("int32"))
    apart = int((joins & both["min"].notna() & ~alone).sum())
    if apart:
        notes.append(
            f"{apart} services online, by providers who were at several places that day, are "
            "sessions of their own."
        )
    return services


def _days(services: pd.DataFrame) -> pd.DataFrame:
    """Put all group services of a client's day into one, with the provider of its first line."""
    group = services["format"] == GROUP
    first = services[group].groupby(["person", "date"], sort=False)[["provider", "site", "place"]]
    whole = first.transform("first")
    return services.assign(
        provider=whole["provider"].reindex(services.index).fillna(services["provider"]),
        site=whole["site"].reindex(services.index).fillna(services["site"]),
        place=whole["place"].reindex(services.index).fillna(services["place"]),
    ).astype(dict.fromkeys(("provider", "site", "place"), "int32"))


def _blocks(services: pd.DataFrame, each: np.ndarray) -> pd.DataFrame:
    """Make one row a billed unit of a group service; a day's rate stays one."""
    divisible = (services["format"] == GROUP) & ~services["is_day"]
    times = np.where(divisible, np.maximum(services["units"].round(), 1), 1).astype(int)
    places = np.repeat(np.arange(len(services)), times)
    blocks = services.iloc[places].copy()
    starts = np.repeat(np.cumsum(times) - times, times)
    blocks["block"] = np.arange(len(blocks)) - starts + 1
    one = divisible.to_numpy()[places]
    blocks["minutes"] = np.where(one, each[places], blocks["minutes"])
    blocks["units"] = np.where(one, 1.0, blocks["units"])
    return blocks


def _attendance(services: pd.DataFrame, columns: Mapping[str, Coded]) -> pd.DataFrame:
    """Return one row a session and client; minutes are missing where those of any line are."""
    by = services.assign(unknown=services["minutes"].isna()).groupby(["session", "person"])
    rows = by.agg(
        units=("units", "sum"),
        row=("row", "min"),
        online=("online", "all"),
        minutes=("minutes", "sum"),
        unknown=("unknown", "any"),
    ).reset_index()
    rows["minutes"] = rows["minutes"].mask(rows["unknown"])
    return pd.DataFrame(
        {
            "session": rows["session"],
            "person": _values(columns["person"], rows["person"]),
            "status": "attended",
            "minutes": rows["minutes"],
            "units": rows["units"],
            "mode": np.where(rows["online"], "online", "in_person"),
            "row": rows["row"],
        }
    )


def _sessions(services: pd.DataFrame, columns: Mapping[str, Coded], unit: str) -> pd.DataFrame:
    by = services.groupby("session", sort=True)
    first = by[["format", "provider", "date", "site", "place", "block", "level"]].first()
    online = by["online"]
    mode = np.select([online.all(), ~online.any()], ["online", "in_person"], "hybrid")
    is_day = by["is_day"].any() | ((first["format"] == GROUP) & (unit == "day"))
    is_block = (first["format"] == GROUP) & (unit == "billing_block")
    unknown = services["minutes"].isna().groupby(services["session"]).any()
    minutes = by["minutes"].sum().mask(unknown | (first["format"] == GROUP))
    return pd.DataFrame(
        {
            "session": first.index,
            "format": first["format"].astype("object").to_numpy(),
            "provider": _values(columns.get("provider"), first["provider"]),
            "date": first["date"].to_numpy(),
            "site": _values(columns.get("site"), first["site"]),
            "place": _values(columns.get("place"), first["place"]),
            "block": first["block"].to_numpy(),
            "unit": np.select([is_day, is_block], ["day", "billing_block"], "session"),
            "mode": mode,
            "level": first["level"].astype("object").to_numpy(),
            "minutes": minutes.to_numpy(),
            "present": pd.array([pd.NA] * len(first), dtype="Int64"),
            "expected": pd.array([pd.NA] * len(first), dtype="Int64"),
        }
    )


def _values(column: Coded | None, places: pd.Series) -> np.ndarray:
    """Return the texts behind places; None where there is none."""
    texts = np.array([*(column.values if column else ()), None], dtype="object")
    found: np.ndarray = texts[places.to_numpy()]
    return found
