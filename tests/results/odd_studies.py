"""Studies that are legal but odd: one maker each, from the raw tables of `tiny`.

`ODD` maps a name to its maker; `odd_study` writes one study's files into a project's folder and
returns its config, for `in_process.run_study` or for any other door.
"""

import copy
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.measures.instruments import load_instruments
from analysis.simulate import simulate_study
from analysis.study.documents import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PRIMARY = "PHQ-9"


@dataclass
class Study:
    """A study before it is written: raw tables (all text) and config, both free to change."""

    tables: dict[str, pd.DataFrame]
    config: dict[str, Any]

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def drop(self, *tables: str) -> None:
        """Leave tables undeclared."""
        for table in tables:
            del self.tables[table]

    def keep(self, table: str, rows: pd.Series) -> None:
        self.tables[table] = self.tables[table][rows].reset_index(drop=True)

    def keep_episodes(self, rows: pd.Series) -> None:
        """Keep some episodes, and of the other tables what is theirs."""
        self.keep("episodes", rows)
        ids = set(self["episodes"]["episode_id"])
        for table in ("memberships", "attendance", "assessments", "events"):
            if table in self.tables:
                self.keep(table, self[table]["episode_id"].isin(ids))
        if "items" in self.tables:
            self.keep("items", self["items"]["assessment_id"].isin(self.known("assessments")))

    def known(self, table: str) -> set[str]:
        return set(self[table].iloc[:, 0])

    def covariate(self, name: str, values: Any, kind: str = "numeric") -> None:
        """Add a covariate of the comparison, and its column."""
        self["episodes"][name] = values
        self.config["covariates"].append({"column": name, "type": kind, "role": "baseline"})

    def arm(self, arm: str) -> pd.Series:
        return self["episodes"]["arm"].eq(arm)

    def of(self, instrument: str) -> pd.Series:
        """Return which assessments are of an instrument."""
        return self["assessments"]["instrument"].eq(instrument)

    def numbers(self, seed: int = 1) -> np.ndarray:
        """Return one number an episode, related to nothing."""
        return np.random.default_rng(seed).normal(size=len(self["episodes"])).round(3)

    def regroup(self, groups: int) -> None:
        """Place every primary member of the group arm in one of the first groups of the study."""
        members = self["memberships"]
        primary = members["primary"].eq("True")
        names = list(members.loc[primary, "group_id"].unique())[:groups]
        members.loc[primary, "group_id"] = [names[i % groups] for i in range(primary.sum())]
        self.tables["memberships"] = members.drop_duplicates(["group_id", "episode_id", "from_day"])

    def score(self, value: str, rows: pd.Series) -> None:
        """Give assessments one total score in place of their items."""
        self["assessments"].loc[rows, "score"] = value
        gone = set(self["assessments"].loc[rows, "assessment_id"])
        self.keep("items", ~self["items"]["assessment_id"].isin(gone))


Maker = Callable[[Study], object]
ODD: dict[str, Maker] = {}


def odd(maker: Maker) -> Maker:
    """List a maker under its name."""
    ODD[maker.__name__] = maker
    return maker


@cache
def _tiny() -> Study:
    config = read_yaml(ROOT / "config/studies/tiny.yaml")
    registry = load_instruments(ROOT / "config" / "instruments.yaml")
    made = simulate_study(**config.pop("simulate"), registry=registry)
    tables = {name: _as_text(one) for name, one in made.tables.items()}
    return Study(tables, config)


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(table.to_csv(index=False)), dtype=str)


def odd_study(name: str, folder: Path, *, randomised: bool = False) -> dict[str, Any]:
    """Write an odd study's files below `folder`; return its config (not written)."""
    study = copy.deepcopy(_tiny())
    if randomised:
        for one in study.config["contrasts"].values():
            one["assignment"] = "randomised"
    ODD[name](study)
    place = Path("data") / "raw" / name
    (folder / place).mkdir(parents=True, exist_ok=True)
    for table, frame in study.tables.items():
        frame.to_csv(folder / place / f"{table}.csv", index=False, encoding="utf-8")
    paths = {table: (place / f"{table}.csv").as_posix() for table in study.tables}
    return {**study.config, "study": name, "title": name, "tables": paths}


@odd
def plain(study: Study) -> None:
    """Nothing odd: `tiny` as received files."""


@odd
def episodes_only(study: Study) -> None:
    study.tables = {"episodes": study["episodes"]}


@odd
def no_assessments(study: Study) -> None:
    study.drop("assessments", "items")


@odd
def without_groups(study: Study) -> None:
    """Nobody recorded who sat in which group."""
    study.drop("groups", "memberships")
    study["sessions"]["group_id"] = np.nan
    study["assessments"]["group_id"] = np.nan


@odd
def no_primary_membership(study: Study) -> None:
    study["memberships"]["primary"] = "False"


@odd
def one_therapy_group(study: Study) -> None:
    study.regroup(1)


@odd
def three_groups(study: Study) -> None:
    study.regroup(3)


@odd
def one_site(study: Study) -> None:
    for table in ("episodes", "groups", "sessions"):
        study[table]["site_id"] = "site_1"


@odd
def constant_outcome(study: Study) -> None:
    late = study["assessments"]["day"].astype(float).gt(3)
    study.score("10", study.of(PRIMARY) & late)


@odd
def all_scores_empty(study: Study) -> None:
    study["assessments"]["score"] = np.nan
    study["items"]["value"] = np.nan


@odd
def no_follow_up(study: Study) -> None:
    study.keep("assessments", study["assessments"]["day"].astype(float).le(3))
    study.keep("items", study["items"]["assessment_id"].isin(study.known("assessments")))


@odd
def all_in_person(study: Study) -> None:
    for table in ("groups", "sessions", "attendance"):
        study[table]["mode"] = "in_person"
    study["episodes"]["program_track"] = "on_site"


@odd
def empty_events(study: Study) -> None:
    study.keep("events", study["events"]["day"].isna())


@odd
def covariate_called_baseline(study: Study) -> None:
    study.covariate("baseline", study.numbers())


@odd
def covariate_with_a_space(study: Study) -> None:
    study.covariate("prior tx", study.numbers())


@odd
def covariate_missing_in_one_arm(study: Study) -> None:
    study.covariate("severity", np.where(study.arm("group"), np.nan, study.numbers()))


@odd
def zero_cell(study: Study) -> None:
    """A value of a covariate that only one arm has."""
    second = np.arange(len(study["episodes"])) % 2 == 0
    values = np.where(study.arm("group") & second, "yes", "no")
    study.covariate("court_order", values, "categorical")


@odd
def arms_swapped(study: Study) -> None:
    """The arm called group has the individual sessions."""
    swapped = {"group": "individual", "individual": "group"}
    study["episodes"]["arm"] = study["episodes"]["arm"].map(swapped)


@odd
def twelve_participants(study: Study) -> None:
    place = study["episodes"].groupby("arm").cumcount()
    study.keep_episodes(place.lt(6))
