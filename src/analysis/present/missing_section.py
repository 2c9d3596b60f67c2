"""The section “Who left, and what nobody saw”: texts and tables, contrast by contrast."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.present import missing_wording, numbers
from analysis.present.draw_balance import of_contrast
from analysis.present.labels import construct_label, sentence_case
from analysis.present.missing_view import rungs, surface_of
from analysis.present.missing_wording import ANSWERS, NON_INFERIORITY, Row
from analysis.present.public import Public
from analysis.present.tables import Table

FIGURES = ("missingness", "courses", "incidence")
TIPPING = "tipping"
HEARD = ("seen", "imputed")
CAPTIONS = {
    "missingness": "Upper: planned assessments of the primary instrument that were not taken, by "
    "recorded reason. Lower: the same by the score before, in thirds of each wave.",
    "courses": "Mean and 95% interval of those measured in each week; means of fewer than two are "
    "left out. Those who left are followed where they were seen later.",
    "incidence": "Aalen-Johansen estimates; bands: 95% intervals that count therapy groups. The "
    "axis of completion reaches 100%, the other two do not.",
    "tipping": "Each point of the plane is one assumption on the unseen of both arms. Lines: the "
    "estimated difference, positive where the comparison arm did better. Dotted box: what people "
    "who left early and were seen later mark as plausible.",
}


def missing_section(public: Public) -> dict[str, Any] | None:
    """Return the section's texts, tables and figures; None where nothing of it was published.

    Returns
    -------
    dict or None
        ``observed`` (sentences), ``figures`` (names) and ``contrasts``: one entry each with id,
        label, ``texts``, ``tables`` (the ladder of each outcome), ``tipping`` (sentences) and
        ``published`` (sentences).
    """
    drawn = any(len(public.tables[name]) for name in ("missingness", "incidence", "ladder"))
    if not drawn:
        return None
    return {
        "observed": _observed(public),
        "figures": FIGURES,
        "contrasts": [_contrast(public, one) for one in public.contrasts],
    }


def _observed(public: Public) -> list[str]:
    frame = public.tables["missing"]
    if frame.empty:
        return []
    construct, time = public.outcome.get("construct"), f"day {public.outcome.get('day')}"
    rows = frame[(frame["construct"] == construct) & (frame["time"] == time)]
    return [
        missing_wording.observed(public.arm_label(row["arm"]), row["n_observed"], row["n_eligible"])
        for row in rows.to_dict("records")
        if row["n_eligible"]
    ]


def _contrast(public: Public, contrast: str) -> dict[str, Any]:
    ladders = rungs(public, contrast)
    texts, tables, compared = [], [], []
    for rows in ladders.values():
        known = {row["answer"]: row for row in rows}
        imputed, primary = known.get("imputed"), rows[0]["primary"]
        if primary:
            texts += [missing_wording.agreement(rows)]
            texts += [missing_wording.imputed(imputed)] if imputed else []
            texts += [row["note"] for row in rows if isinstance(row["note"], str)]
            if rows[0]["rule"] == NON_INFERIORITY:
                texts.append(missing_wording.NO_REFERENCE)
        tables.append(ladder(rows))
        compared += _published(public, known)
    visits = of_contrast(public, "visits", contrast).to_dict("records")
    texts += [missing_wording.visits(row) for row in visits]
    return {
        "id": contrast,
        "label": public.contrasts[contrast].get("label", contrast),
        "texts": [text for text in texts if text],
        "tables": tables,
        "tipping": _tipping(public, contrast),
        "published": compared,
    }


def ladder(rows: list[Row]) -> Table:
    """Return one outcome's answers, with what each assumes and n used of n eligible."""
    first = rows[0]
    what = f"{construct_label(first['construct'])} ({first['instrument']}), {first['time']}"
    judged = first["rule"] == NON_INFERIORITY
    body = []
    for row in rows:
        name, assumed = ANSWERS[row["answer"]]
        deltas = {
            key: numbers.fixed(abs(row[key]), 2) for key in ("worse_comparison", "worse_reference")
        }
        ok = row["status"] == "ok"
        body.append(
            [
                sentence_case(name),
                sentence_case(assumed.format(**deltas)),
                numbers.with_unit(row["value"], row["unit"])
                if ok
                else f"{row['status']}: {row['message']}",
                numbers.interval((row["ci90_low"], row["ci90_high"]), row["unit"]),
                numbers.interval((row["ci95_low"], row["ci95_high"]), row["unit"]),
                _comes_to(row, judged),
                f"{numbers.count(row['n_used'])} of {numbers.count(row['n_eligible'])}",
            ]
        )
    columns = ["Answer", "What is assumed of the unseen", "Difference", "90% interval"]
    columns += ["95% interval", "Comes to", "n used of n eligible"]
    return Table(f"{sentence_case(what)} under each assumption", columns, body)


def _comes_to(row: Row, judged: bool) -> str:
    if row["status"] != "ok":
        return ""
    if judged:
        return str(row["verdict"])
    return "leaves out zero" if str(row["holds"]) == "True" else "holds zero"


def _tipping(public: Public, contrast: str) -> list[str]:
    found = surface_of(public, contrast)
    if found is None:
        return []
    arm = public.arm_label(public.contrasts[contrast].get("comparison", ""))
    texts = [missing_wording.tipping(found.rule, found.at_zero, found.crossing, found.reach, arm)]
    region: pd.DataFrame = of_contrast(public, "plausible", contrast)
    ends = {}
    for row in region.to_dict("records"):
        texts.append(missing_wording.plausible(row, public.arm_label(str(row["arm"]))))
        if numbers.is_number(row["low"]):
            ends[row["role"]] = (row["low"], row["high"])
    share = found.standing(ends)
    return [*texts, missing_wording.region(share)] if share is not None else texts


def _published(public: Public, known: dict[str, Row]) -> list[str]:
    first = next(iter(known.values()))
    return [
        missing_wording.published(row, known[answer])
        for row in public.study.get("published_results") or []
        if (row["construct"], f"day {row['day']}") == (first["construct"], first["time"])
        for answer in HEARD
        if answer in known and known[answer]["status"] == "ok"
    ]
