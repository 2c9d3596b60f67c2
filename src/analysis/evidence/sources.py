"""The committed evidence tables: facts, computed results, and which source judges which claim."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.evidence.errors import SourceError
from analysis.evidence.facts import DATA_ORIGIN, Row, fact_effect, pooled_from_row, read_table
from analysis.evidence.literature import as_effect
from analysis.evidence.result import Pooled
from analysis.records.effect import Effect
from analysis.study.documents import read_yaml

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Published:
    """What published evidence is shown beside a claim.

    Attributes
    ----------
    claim, condition : str
        Id of the claim; condition where the claim has one source each, else empty.
    judge : str
        Id of the source that judges; empty where none was found.
    statement : str
        What the source says, or that none was found, in words for the first screen.
    comparable : bool
        Whether the study's effect may be set against it by `consistency`.
    answers, why : str
        The question that the source answers, and why it was named.
    effect : Effect or None
        Its effect on our sign (positive = group better); None where it has none, or its sign is not
        stated.
    pooled : Pooled or None
        Its predictive distribution, where it was computed here.
    listed : tuple of dict
        Other sources, each with `id`, `status`, `quantity`, `value`, `ci_low`, `ci_high`, `unit`,
        `sign_convention`, `comparator`, `citation`, `doi`, `certainty`.
    external_fact : dict or None
        Verdict, words and the id of the current figure, for a claim that is an external fact.
    """

    claim: str
    condition: str
    judge: str
    statement: str
    comparable: bool
    answers: str
    why: str
    effect: Effect | None
    pooled: Pooled | None
    listed: tuple[Row, ...]
    external_fact: dict[str, str] | None


def _statement_of_fact(row: Row) -> str:
    interval = f" [{row['ci_low']}, {row['ci_high']}]" if row["ci_low"] else ""
    studies = f", {row['n_studies']} studies" if row["n_studies"] not in ("", "1") else ""
    sign = "" if row["sign_convention"] == "none" else f"; {row['sign_convention']}"
    figure = f"{row['value']}{interval} {row['unit']}".strip()
    return f"{row['quantity']}: {figure}{studies}{sign} ({row['citation']})"


def _statement_of_result(row: Row) -> str:
    low, high = float(row["ci_low"]), float(row["ci_high"])
    return (
        f"{row['quantity']}: {float(row['estimate']):.2f} [{low:.2f}, {high:.2f}] {row['unit']}, "
        f"{row['studies']} studies; {row['sign_convention']}, computed here from {row['source']}"
    )


def _as_listed(row: Row) -> Row:
    if "citation" in row:
        return {key: row[key] for key in _LISTED}
    return {
        "id": row["id"],
        "status": row["status"],
        "quantity": row["quantity"],
        "value": row["estimate"],
        "ci_low": row["ci_low"],
        "ci_high": row["ci_high"],
        "unit": row["unit"],
        "sign_convention": row["sign_convention"],
        "comparator": row["comparator"],
        "citation": row["source"],
        "doi": "",
        "certainty": "computed here",
    }


_LISTED = (
    "id",
    "status",
    "quantity",
    "value",
    "ci_low",
    "ci_high",
    "unit",
    "sign_convention",
    "comparator",
    "citation",
    "doi",
    "certainty",
)


def _by_id(table: pd.DataFrame) -> dict[str, Row]:
    rows = (
        {str(key): str(value) for key, value in one.items()} for one in table.to_dict("records")
    )
    return {one["id"]: one for one in rows}


@dataclass(frozen=True)
class Evidence:
    """All committed tables, read once.

    Attributes
    ----------
    facts, computed : dict
        Rows of `facts.csv` and `computed.csv` by id.
    judges : dict
        `judges.yaml`.
    """

    facts: dict[str, Row]
    computed: dict[str, Row]
    judges: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Evidence:
        """Read the tables of `data/raw/evidence`.

        Raises
        ------
        SourceError
            If a table is missing or a source that a claim names is in none of them.
        """
        facts, computed = (
            _by_id(read_table(folder, name)) for name in ("facts.csv", "computed.csv")
        )
        judges = read_yaml(folder / "judges.yaml")
        found = cls(facts, computed, judges)
        for claim, entry in judges["claims"].items():
            parts = [entry, *entry.get("by_condition", {}).values()]
            named = [one for part in parts for one in (*part["listed"], part["judge"]) if one]
            for one in named:
                if one not in facts and one not in computed:
                    raise SourceError(f"claim {claim}: source {one} is in no evidence table")
        return found

    def row(self, identity: str) -> Row:
        """Return the row of a source, from either table."""
        return self.computed.get(identity) or self.facts[identity]

    def published(self, claim: str, condition: str = "") -> Published:
        """Return what published evidence says on a claim: the named source, the others listed.

        Parameters
        ----------
        claim : str
        condition : str, optional
            For a claim whose conditions have a source each.

        Raises
        ------
        SourceError
            If the claim or the condition has no entry.
        """
        entry = self.judges["claims"].get(claim)
        if entry is not None and condition:
            entry = entry.get("by_condition", {}).get(condition)
        if entry is None:
            raise SourceError(f"no entry in judges.yaml for {claim} {condition}".rstrip())
        judge = entry["judge"] or ""
        effect, pooled = None, None
        statement = entry.get("judged_by") or self.judges["none_found"]
        if judge in self.computed:
            row = self.computed[judge]
            pooled, statement = pooled_from_row(row), _statement_of_result(row)
            contrast = f"group against {row['comparator']}"
            effect = as_effect(
                pooled, id=judge, contrast=contrast, construct=claim, data_origin=DATA_ORIGIN
            )
        elif judge:
            effect = fact_effect(self.facts[judge], claim)
            statement = _statement_of_fact(self.facts[judge])
        return Published(
            claim=claim,
            condition=condition,
            judge=judge,
            statement=statement,
            comparable=bool(entry.get("comparable", False)),
            answers=entry.get("answers", ""),
            why=entry.get("why", ""),
            effect=effect,
            pooled=pooled,
            listed=tuple(_as_listed(self.row(one)) for one in entry["listed"]),
            external_fact=entry.get("external_fact"),
        )

    def table(self) -> pd.DataFrame:
        """One row a claim (and condition): what published evidence is shown beside it.

        Returns
        -------
        DataFrame
            `claim`, `condition`, `judge`, `statement`, `comparable`, `answers`, `why`, `value`,
            `ci_low`, `ci_high`, `unit` (positive = group better; missing where the source has no
            effect), `data_origin`.
        """
        rows = []
        for one in self._all():
            low, high = (one.effect and one.effect.ci95) or (None, None)
            rows.append(
                {
                    "claim": one.claim,
                    "condition": one.condition,
                    "judge": one.judge,
                    "statement": one.statement,
                    "comparable": one.comparable,
                    "answers": one.answers,
                    "why": one.why,
                    "value": one.effect.value if one.effect else None,
                    "ci_low": low,
                    "ci_high": high,
                    "unit": one.effect.unit if one.effect else "",
                    "data_origin": DATA_ORIGIN,
                }
            )
        import pandas as pd

        return pd.DataFrame(rows)

    def listing(self) -> pd.DataFrame:
        """List the other sources of every claim, one row each, as in `Published.listed`."""
        import pandas as pd

        rows = [
            {"claim": one.claim, "condition": one.condition, **row}
            for one in self._all()
            for row in one.listed
        ]
        return pd.DataFrame(rows, columns=["claim", "condition", *_LISTED]).assign(
            data_origin=DATA_ORIGIN
        )

    def _all(self) -> list[Published]:
        entries = self.judges["claims"].items()
        return [
            self.published(claim, condition)
            for claim, entry in entries
            for condition in ("", *entry.get("by_condition", {}))
        ]
