"""What the analyses of the whole program read: the cohort's tables, scores, outcomes, hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.adjust.measured import Measured
from analysis.comparison.question import ClusterLimits, Contrast
from analysis.measures.clusters import cluster_of
from analysis.measures.instruments import toward_better
from analysis.measures.outcomes import pick
from analysis.program.regress import TooFewError
from analysis.records.effect import Diagnostic, Effect
from analysis.study.declared import find_formats
from analysis.study.rowless import rowless

GROUP_AGAINST_INDIVIDUAL = ("group", "individual")


def contrast_of_formats(
    config: Mapping[str, Any], compares: Sequence[str] = GROUP_AGAINST_INDIVIDUAL
) -> Contrast | None:
    """Return the contrast that compares two formats, or None.

    Parameters
    ----------
    config : mapping
        The study's config.
    compares : sequence of str
        The format whose advantage is positive, then those that it may be compared with: the first
        that the study has. A contrast of two therapies must bear on *effectiveness*.
    """
    key = find_formats(config, compares)
    return None if key is None else Contrast.from_config(key, config["contrasts"][key])


@dataclass(frozen=True)
class ProgramLimits:
    """What withholds an estimate of the whole program, and the days at which scores are read.

    The plan gives the values, with their sources (``limits.program``).

    Attributes
    ----------
    fewest : int
        Participants (of an arm, a family, a level) that an estimate needs.
    fewest_families : int
        Families of conditions that are large enough, to be drawn together.
    seen_again : float
        Share of members with both scores from which a change passes without a warning.
    early : int
        Day of an early gain, before the outcome's day.
    rated : int
        Day at which a rating made in groups is set beside the outcome.
    waves : tuple of int
        Days at which members rate their group; the first is where its course begins.
    reach, symptom_reach, wave_reach : int
        Days that a score may lie from its day: in general; of symptoms at the early day; at waves.
    decides_randomised, decides_observational : str
        Model of the comparison that a benefit is judged by.
    """

    fewest: int
    fewest_families: int
    seen_again: float
    early: int
    rated: int
    waves: tuple[int, ...]
    reach: int
    symptom_reach: int
    wave_reach: int
    decides_randomised: str
    decides_observational: str

    def decides(self, assignment: str) -> str:
        """Return the model that a benefit is judged by, by how clients came to their arm."""
        return self.decides_randomised if assignment == "randomised" else self.decides_observational


@rowless
@dataclass(frozen=True, kw_only=True)
class Program(Measured):
    """A study's measures, ready for the analyses of this package.

    Attributes
    ----------
    comparisons : sequence of Effect
        The contrasts of `adjust.contrasts`.
    limits : ProgramLimits
    clusters : ClusterLimits
    """

    comparisons: Sequence[Effect]
    limits: ProgramLimits
    clusters: ClusterLimits

    @property
    def group_arms(self) -> list[str]:
        """Arms whose clients mainly get group therapy."""
        return [arm for arm, one in self.config["arms"].items() if one["format"] == "group"]

    @cached_property
    def members(self) -> pd.DataFrame:
        """Episodes of the group arms by episode_id, with `cluster` (the primary therapy group)."""
        episodes = self.tables["episodes"].set_index("episode_id")
        here = episodes[episodes["arm"].isin(self.group_arms)]
        groups = cluster_of(self.tables, dict.fromkeys(self.group_arms, "therapy_group"))
        return here.join(groups)

    @property
    def clustered(self) -> pd.DataFrame:
        """Return `episode_id` and `cluster` of the group arms' episodes, by episode_id."""
        return self.members.reset_index()[["episode_id", "cluster"]].set_axis(self.members.index)

    @property
    def clustered_arms(self) -> pd.DataFrame:
        """Return `episode_id`, `arm` and `cluster` of the group arms' episodes."""
        return self.members.reset_index()[["episode_id", "arm", "cluster"]]

    @property
    def most_unknown(self) -> float:
        """Largest share of members whose group is not known with which anything is estimated."""
        return self.contrast.most_unknown if self.contrast else self.clusters.most_unknown

    @property
    def contrast(self) -> Contrast | None:
        """The contrast of group with individual therapy that bears on *effectiveness*, or None."""
        return contrast_of_formats(self.config)

    @property
    def covariates(self) -> list[Mapping[str, str]]:
        """Baseline covariates of the study's comparisons."""
        return list(self.config.get("covariates", []))

    @property
    def day(self) -> int:
        """Day of the primary outcome; 0 where none is declared."""
        return int(self.config.get("outcome", {}).get("day", 0))

    def outcome(self, construct: str, day: int) -> pd.DataFrame:
        """Return a construct's rows of the outcome table at a day, by episode_id."""
        rows = self.outcomes
        mine = rows["construct"].eq(construct) & rows["day"].eq(day)
        return rows[mine].set_index("episode_id")

    def primary(self) -> pd.DataFrame:
        """Return the primary outcome's rows, by episode_id."""
        _ = self.symptom
        return self.outcomes[self.outcomes["primary"]].set_index("episode_id")

    def score(self, construct: str, day: int, reach: int | None = None) -> pd.Series:
        """Return each episode's score (own scale) nearest to a day, at most `reach` days away.

        Without `reach`, the plan's in general.
        """
        reach = self.limits.reach if reach is None else reach
        key = (self.instrument(construct), day, reach)
        if key not in self._picked:
            found = pick(self.scores, key[0], day, (day - reach, day + reach))
            self._picked[key] = found["score"].astype(float)
        return self._picked[key]

    @cached_property
    def _picked(self) -> dict[tuple[str, int, int], pd.Series]:
        """Scores already picked: many analyses ask for the same ones."""
        return {}

    def instrument(self, construct: str) -> str:
        """Return the name of the instrument that measures a construct.

        Raises
        ------
        TooFewError
            If the study has none.
        """
        if construct not in self.config.get("instruments", {}):
            raise TooFewError(f"no instrument of the study measures {construct.replace('_', ' ')}")
        return str(self.config["instruments"][construct])

    @property
    def symptom(self) -> str:
        """Construct of the primary outcome.

        Raises
        ------
        TooFewError
            If the study declares none.
        """
        if "outcome" not in self.config:
            raise TooFewError("the study declares no primary outcome")
        return str(self.config["outcome"]["construct"])

    def standardiser(self, construct: str, intake: pd.Series) -> tuple[float, Diagnostic]:
        """Return the standard deviation that an estimate is divided by, and where it comes from.

        Parameters
        ----------
        construct : str
        intake : Series of float
            The study's own scores at intake: they stand in where no published one is known.
        """
        bound = self.registry[self.instrument(construct)]
        if bound.sd is not None:
            text = f"Published standard deviation of the {bound.name}: {bound.sd_source}."
            return bound.sd, Diagnostic("published_sd", bound.sd, "info", text)
        own = float(intake.astype(float).std(ddof=1))
        text = (
            f"No published standard deviation of the {bound.name} is known here: "
            "the study's own at intake."
        )
        return own, Diagnostic("own_sd", own, "info", text)

    def sign(self, construct: str) -> int:
        """Return 1 where higher scores of a construct are better, else -1."""
        return toward_better(self.registry[self.instrument(construct)])
