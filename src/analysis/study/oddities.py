"""Tests of checks.yaml on whole tables: each takes the tables and the config and returns rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.study.dictionary import dictionary
from analysis.study.odd_columns import normal

Frames = Mapping[str, pd.DataFrame]
Config = Mapping[str, Any]

PRESENT = ("attended", "left_early")
NEAR_WAVE = 28  # days


def overlapping_episodes(frames: Frames, config: Config) -> pd.Index:
    """Episodes that start before an earlier one of the participant ended, or out of order."""
    rows = frames["episodes"].dropna(subset=["participant_id", "start_study_day"])
    rows = rows.sort_values(["participant_id", "start_study_day", "episode_number"])
    person = rows["participant_id"].astype(object)
    start = rows["start_study_day"].astype("float64")
    end = start + rows["discharge_day"].astype("float64").fillna(0)
    before = end.groupby(person).cummax().groupby(person).shift()
    number = rows["episode_number"].astype("float64")
    return rows.index[(start <= before) | (number < number.groupby(person).cummax())].sort_values()


def changing_gender(frames: Frames, config: Config) -> pd.Index:
    """Episodes of participants whose episodes give several genders, spelling aside."""
    rows = frames["episodes"].dropna(subset=["gender", "participant_id"])
    genders = rows["gender"].map(normal).groupby(rows["participant_id"].astype(object))
    return rows.index[genders.transform("nunique").astype(float) > 1]


def overlapping_spells(frames: Frames, config: Config) -> pd.Index:
    """Spells of one episode in one group that begin before an earlier one has ended."""
    rows = frames["memberships"].dropna(subset=["group_id", "episode_id", "from_day"])
    rows = rows.sort_values(["group_id", "episode_id", "from_day"])
    key = [rows["group_id"].astype(object), rows["episode_id"].astype(object)]
    end = rows["to_day"].astype("float64").fillna(np.inf)
    before = end.groupby(key).cummax().groupby(key).shift()
    return rows.index[rows["from_day"].astype("float64") <= before].sort_values()


def _waves(frames: Frames) -> pd.DataFrame:
    """Return the dated assessments of waves with a usual day, with that day and their spread."""
    rows = frames["assessments"].dropna(subset=["wave", "day"])
    day = rows["day"].astype("float64")
    of_wave = day.groupby(rows["wave"].astype(object))
    spread = of_wave.transform(lambda one: one.quantile(0.75) - one.quantile(0.25))
    rows = rows.assign(day=day, usual=of_wave.transform("median"), spread=spread)
    return rows[(of_wave.transform("size") >= 5).to_numpy()]


def day_unlike_its_wave(frames: Frames, config: Config) -> pd.Index:
    """Assessments more than four weeks from their wave's middle day, where the wave has one."""
    rows = _waves(frames)
    limit = (3 * rows["spread"]).clip(lower=NEAR_WAVE)
    return rows.index[(rows["day"] - rows["usual"]).abs() > limit]


def waves_out_of_order(frames: Frames, config: Config) -> pd.Index:
    """Assessments that come after one of a later wave, among waves with one usual day."""
    rows = _waves(frames)
    rows = rows[rows["spread"] <= NEAR_WAVE / 2].sort_values(["episode_id", "instrument", "day"])
    key = [rows["episode_id"].astype(object), rows["instrument"].astype(object)]
    before = rows["usual"].groupby(key).cummax().groupby(key).shift()
    return rows.index[before > rows["usual"]].sort_values()


def _present(frames: Frames, of: str) -> pd.DataFrame:
    """Return the attendance rows of those present in sessions of one format, with the group."""
    if "sessions" not in frames:
        return frames["attendance"].iloc[:0].assign(group_id=None)
    sessions = frames["sessions"].drop_duplicates("session_id").set_index("session_id")
    sessions = sessions[sessions["format"].eq(of).fillna(False)]
    rows = frames["attendance"]
    rows = rows[rows["status"].isin(PRESENT) & rows["session_id"].isin(sessions.index)]
    return rows.assign(group_id=sessions["group_id"].reindex(rows["session_id"]).to_numpy())


def several_in_individual_session(frames: Frames, config: Config) -> pd.Index:
    """Attendance of individual sessions in which several were present."""
    rows = _present(frames, "individual")
    return rows.index[rows["session_id"].duplicated(keep=False)]


def _other_group(rows: pd.DataFrame, frames: Frames) -> pd.Index:
    if "memberships" not in frames:
        return rows.index[:0]
    spells = frames["memberships"]
    known = rows["group_id"].notna() & rows["episode_id"].isin(spells["episode_id"])
    rows = rows[known.to_numpy(dtype=bool, na_value=False)]
    keys = ["group_id", "episode_id"]
    ours = pd.MultiIndex.from_frame(rows[keys].astype(object))
    return rows.index[~ours.isin(pd.MultiIndex.from_frame(spells[keys].astype(object)))]


def attended_other_group(frames: Frames, config: Config) -> pd.Index:
    """Presence of members of some group in a session of a group that was never theirs."""
    return _other_group(_present(frames, "group"), frames)


def assessed_other_group(frames: Frames, config: Config) -> pd.Index:
    """Answers of members of some group about a group that was never theirs."""
    return _other_group(frames["assessments"], frames)


def _whole_arms(unit: pd.Series, arm: pd.Series) -> pd.Series:
    """Say of each episode whether its whole arm, of five or more, has one and the same unit."""
    by_arm = unit.astype(object).groupby(arm.astype(object))
    one = by_arm.transform("nunique").eq(1) & by_arm.transform("size").ge(5)
    return one & by_arm.transform("count").eq(by_arm.transform("size"))


def one_group_is_an_arm(frames: Frames, config: Config) -> pd.Index:
    """Spells in a group that holds every client of an arm."""
    spells = frames["memberships"]
    if "episodes" not in frames:
        return spells.index[:0]
    primary = spells[spells["primary"].fillna(False)].drop_duplicates("episode_id")
    episodes = frames["episodes"].drop_duplicates("episode_id").set_index("episode_id")
    group = primary.set_index("episode_id")["group_id"].reindex(episodes.index)
    whole = _whole_arms(group, episodes["arm"])
    return primary.index[primary["episode_id"].isin(whole.index[whole])]


def therapist_is_an_arm(frames: Frames, config: Config) -> pd.Index:
    """Episodes of an arm that one therapist carries altogether."""
    episodes = frames["episodes"]
    return episodes.index[_whole_arms(episodes["primary_therapist_id"], episodes["arm"])]


def several_raters(frames: Frames, config: Config) -> pd.Index:
    """Answers by another rater than the first of the dictionary, where there are several."""
    rows = frames["assessments"]
    order = list(dictionary()["assessments"].field("rater").enum)
    rank = rows["rater"].map({one: place for place, one in enumerate(order)}).astype("float64")
    return rows.index[rank > rank.groupby(rows["instrument"].astype(object)).transform("min")]


def _answers(frames: Frames) -> pd.Series:
    """Return what was answered in each assessment as a text; missing where nothing was."""
    rows = frames["assessments"]
    given = rows["score"].map(str, na_action="ignore").astype(object)
    if "items" not in frames:
        return given
    items = frames["items"].dropna(subset=["assessment_id", "value"])
    texts = items["item"].astype(str) + ":" + items["value"].astype(str)
    joined = texts.groupby(items["assessment_id"].astype(object)).agg(" ".join)
    return given.fillna(joined.reindex(rows["assessment_id"]).set_axis(rows.index))


def same_answers_elsewhere(frames: Frames, config: Config) -> pd.Index:
    """Episodes whose four or more answers equal those of another episode, day by day."""
    rows = frames["assessments"].assign(answer=_answers(frames)).dropna(subset=["answer", "day"])
    lines = rows["instrument"].astype(str) + rows["day"].astype(str) + " " + rows["answer"]
    episode = rows["episode_id"].astype(object)
    whole = lines.sort_values().groupby(episode).agg(["size", "nunique", "\n".join])
    whole = whole[whole["size"] >= 4]
    twins = whole.index[whole["join"].duplicated(keep=False)]
    return rows.index[episode.isin(twins)]


def _answered(frames: Frames) -> pd.Series:
    rows = frames["assessments"]
    if "items" not in frames:
        return rows["score"].notna()
    items = frames["items"]
    given = items.loc[items["value"].notna(), "assessment_id"]
    return rows["score"].notna() | rows["assessment_id"].isin(given)


def items_cut_off(frames: Frames, config: Config) -> pd.Index:
    """Find the last items, where they end inside an assessment or leave later ones without."""
    if "assessments" not in frames or frames["items"].empty:
        return frames["items"].index[:0]
    items, rows = frames["items"], frames["assessments"]
    last = items["assessment_id"].iloc[-1]
    tail = items.index[items["assessment_id"].eq(last).fillna(False)]
    of = rows.drop_duplicates("assessment_id").set_index("assessment_id")["instrument"]
    sizes = items.groupby(items["assessment_id"].astype(object)).size()
    named = of.reindex(sizes.index)
    alike = sizes[named.eq(named[last]).fillna(False)]
    usual = alike.mode().max()
    whole = len(alike) >= 5 and alike.eq(usual).mean() >= 0.98
    if whole and len(tail) < usual:
        return tail
    rows = rows.assign(silent=~_answered(frames) & rows["missing_reason"].isna())
    rows = rows[rows["instrument"].isin(named.dropna().unique())]
    place = int(np.flatnonzero(rows["assessment_id"].eq(last).fillna(False))[-1:].sum())
    after, before = rows["silent"].iloc[place + 1 :], rows["silent"].iloc[: place + 1]
    cut = len(after) >= 3 and after.all() and before.mean() < 0.5
    return tail if cut else items.index[:0]


def unanswered_without_reason(frames: Frames, config: Config) -> pd.Index:
    """Assessments that have no score, no item and no reason."""
    rows = frames["assessments"]
    return rows.index[~_answered(frames) & rows["missing_reason"].isna()]


def event_twice(frames: Frames, config: Config) -> pd.Index:
    """Events that equal another in every column."""
    return frames["events"].index[frames["events"].duplicated(keep=False)]
