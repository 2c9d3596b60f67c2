"""Who the episodes are: from the identifiers of any file to an episode and its first day."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.intake.dates import each
from analysis.intake.pseudonyms import Pseudonyms, normal

EARLY = pd.Timedelta(days=28)  # an intake questionnaire or visit comes before the first day


@dataclass(frozen=True)
class Roster:
    """The episodes of a study.

    Attributes
    ----------
    starts : Series of datetime64
        First day, by the episode's identifier in its plainest form; missing where not known.
    people : Series of str
        The person's identifier, likewise.
    pseudonyms : Pseudonyms
    """

    starts: pd.Series
    people: pd.Series
    pseudonyms: Pseudonyms

    def __repr__(self) -> str:
        return f"Roster(<{len(self.starts)} episodes>)"

    def of_episodes(self, ids: pd.Series) -> pd.Series:
        """Return which episode each identifier is of, in its plainest form; missing if of none."""
        plain = plainly(ids)
        return plain.where(plain.isin(self.starts.index))

    def of_people(self, ids: pd.Series, dates: pd.Series) -> pd.Series:
        """Return which episode of a person a date lies in: the last that had begun by then.

        A person with one episode needs no date. What comes up to 28 days before an episode's first
        day belongs to it, unless an earlier one had begun then and no later date is nearer.
        """
        plain = plainly(ids)
        single = self.people[~self.people.duplicated(keep=False)]
        only = plain.map(pd.Series(single.index, index=single.to_numpy()))
        begun = pd.DataFrame({"person": self.people, "start": self.starts - EARLY})
        begun = begun.dropna().rename_axis("episode").reset_index().sort_values("start")
        asked = pd.DataFrame({"person": plain, "date": dates, "row": range(len(plain))})
        asked = asked.dropna().sort_values("date")
        if asked.empty or begun.empty:
            return only.astype("string")
        found = pd.merge_asof(
            asked.astype({"date": "datetime64[s]"}),
            begun.astype({"start": "datetime64[s]"}),
            left_on="date",
            right_on="start",
            by="person",
        )
        dated = pd.Series(found["episode"].to_numpy(), index=plain.index[found["row"]])
        return only.fillna(dated.reindex(plain.index)).astype("string")

    def of_anybody(self, ids: pd.Series, dates: pd.Series) -> pd.Series:
        """Return the episode whose own or whose person's identifier stands there."""
        found = self.of_episodes(ids)
        open_ = found.isna()
        if open_.any():
            found = found.mask(open_, self.of_people(ids[open_], dates[open_]))
        return found

    def start_of(self, episodes: pd.Series) -> pd.Series:
        """Return the first day of each row's episode."""
        starts = episodes.map(self.starts)
        return pd.Series(starts.astype("datetime64[s]"))

    def named(self, episodes: pd.Series) -> pd.Series:
        """Return the pseudonym of each row's episode."""
        return self.pseudonyms.column("episode", episodes)


def together(part: pd.DataFrame) -> pd.Series:
    """Return the columns of each row as one text; missing where one of them is."""
    joined = part.iloc[:, 0]
    return joined.str.cat(part.iloc[:, 1:], sep=" ") if part.shape[1] > 1 else joined


def plainly(ids: pd.Series) -> pd.Series:
    """Return identifiers as all files write them: 01049, 1049 and 1049.0 are one."""
    return pd.Series(each(ids, normal), index=ids.index, dtype="string")


def days(dates: pd.Series, since: pd.Series) -> pd.Series:
    """Return whole days from one date to another."""
    between = dates.dt.floor("D") - since.dt.floor("D")
    return pd.Series(between.dt.days.astype("Int64"))
