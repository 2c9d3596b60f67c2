"""Spells: which format and which groups an episode lived through, from which day to which."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulate.truth import Truth


def draw_switches(
    who: pd.DataFrame, truth: Truth, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spells of a format, and the dated events (switches and medication starts)."""
    day = rng.integers(8, 26, len(who))
    stay = who["discharge_day"].to_numpy()
    switches = (rng.random(len(who)) < truth.format_switch) & (day < stay - 3)
    episode = np.arange(len(who))
    group = who["group"].to_numpy()
    first = pd.DataFrame(
        {
            "episode": episode,
            "group": group,
            "from_day": 0,
            "to_day": np.where(switches, day - 1, stay),
        }
    )
    second = pd.DataFrame({"episode": episode, "group": ~group, "from_day": day, "to_day": stay})
    formats = pd.concat([first, second[switches]], ignore_index=True)
    detail = np.where(group, "individual", "group")
    switched = pd.DataFrame(
        {"episode": episode, "day": day, "type": "format_switch", "detail": detail}
    )
    begun = pd.DataFrame(
        {
            "episode": episode,
            "day": who["medicated_from"],
            "type": "medication_start",
            "detail": None,
        }
    )
    events = pd.concat([switched[switches], begun[begun["day"] > 0]])
    return formats, events.sort_values(["episode", "day", "type"], ignore_index=True)


def memberships(
    who: pd.DataFrame, members: pd.DataFrame, formats: pd.DataFrame, groups: pd.DataFrame
) -> pd.DataFrame:
    """Memberships as lived: until discharge, or until a switch away from the group format.

    A client who switches to the group format joins the smallest open process group of the site;
    it is never the primary group, because the format at intake was individual.
    """
    stay = who["discharge_day"].to_numpy()
    ends = formats[formats["group"] & (formats["from_day"] == 0)].set_index("episode")["to_day"]
    spells = members.drop(columns="joined").assign(
        from_day=members["joined"] - who["start"].to_numpy()[members["episode"]]
    )
    kind = groups["kind"].to_numpy()[members["group"]]
    moves = members["joined"].groupby([members["episode"], kind]).shift(-1)
    until = (moves - 1 - who["start"].to_numpy()[members["episode"]]).fillna(999).to_numpy()
    until = np.minimum(until, stay[spells["episode"]])
    in_class = (groups["kind"] == "class").to_numpy()[spells["group"]]
    spells["to_day"] = np.where(
        in_class, until, np.minimum(until, ends.reindex(spells["episode"]).fillna(0).to_numpy())
    ).astype(int)
    # Whoever moves on the day of joining was in the first group for that day.
    spells["to_day"] = spells["to_day"].where(
        ~spells["primary"], spells[["from_day", "to_day"]].max(axis=1)
    )
    spells = spells[spells["to_day"] >= spells["from_day"]]
    late = formats[formats["group"] & (formats["from_day"] > 0)]
    joined = [
        (episode, number, False, day, to_day)
        for episode, day, to_day in late[["episode", "from_day", "to_day"]].to_numpy(int)
        for number in _running(who, groups, spells, episode, day)
    ]
    extra = pd.DataFrame(joined, columns=spells.columns)
    return pd.concat([spells, extra], ignore_index=True) if joined else spells


def _running(
    who: pd.DataFrame, groups: pd.DataFrame, spells: pd.DataFrame, episode: int, day: int
) -> list[int]:
    """Return the smallest open mixed process group at the client's site that day, if any."""
    today = who["start"].iloc[episode] + day
    start = who["start"].to_numpy()[spells["episode"]]
    here = (start <= today) & (start + spells["to_day"].to_numpy() >= today)
    sizes = spells.loc[here, "group"].value_counts()
    doors = groups[(groups["kind"] == "process") & ~groups["closed"] & (groups["focus"] < 0)]
    doors = doors[(doors["site"] == who["site"].iloc[episode]) & doors["group"].isin(sizes.index)]
    return [int(sizes.reindex(doors["group"]).sort_index().idxmin())] if len(doors) else []
