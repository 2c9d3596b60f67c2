"""What the answers say of how an instrument was stored: turned items, shifted codes, alpha.

Impossible answers stop the study (`scoring`); here is what is only unlikely. Everything is counted
over all arms together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import f

from analysis.measures.instruments import Instrument, Registry, turned
from analysis.study.problems import Doubt

FEWEST = 30  # complete assessments before a correlation or an alpha is looked at
LEAST_ALPHA_GAP = 0.1
LEAST_SHARE = 0.01  # of assessments with one answer throughout

Tables = Mapping[str, pd.DataFrame]
_ITEMS = "Check in the export's dictionary whether answers were recoded before."


def instrument_doubts(
    tables: Tables, registry: Registry, config: Mapping[str, Any] | None = None
) -> list[Doubt]:
    """List what is unlikely in the answers to each instrument, as it would be scored.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables that `scoring.score_assessments` accepts.
    registry : mapping of str to Instrument
    config : mapping, optional
        The study's config, for the names of its files.

    Returns
    -------
    list of Doubt
        By instrument. Where items might have been turned or shifted before, the doubt gives the
        mean score both ways.
    """
    if "assessments" not in tables:
        return []
    found = []
    config = config or {}
    rows = tables["assessments"]
    for name, mine in rows.groupby(rows["instrument"].astype(object), sort=True):
        instrument = registry[str(name)]
        for column, odd, of, words in _of_totals(mine, instrument):
            found.append(_doubt("assessments", column, odd, of, words, config))
        if "items" in tables:
            wide = _wide(tables["items"], mine, instrument)
            for odd, words in _of_items(wide, mine, instrument):
                of_items = tables["items"]["assessment_id"].isin(odd)
                index = tables["items"].index[of_items]
                whole = int(tables["items"]["assessment_id"].isin(mine["assessment_id"]).sum())
                found.append(_doubt("items", "value", index, whole, words, config))
    return found


def _doubt(
    table: str,
    column: str,
    rows: pd.Index,
    of: int,
    words: tuple[str, str, str, str],
    config: Mapping[str, Any],
) -> Doubt:
    check, found, done, remedy = words
    shown = config.get("columns", {}).get(table, {}).get(column, column)
    lines = tuple(int(one) + 2 for one in rows)
    file = config.get("tables", {}).get(table, table)
    return Doubt(check, "doubt", file, table, shown, lines, of, found, done, remedy)


def _wide(items: pd.DataFrame, rows: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the answers as stored: assessments by scored items."""
    mine = items["assessment_id"].isin(rows["assessment_id"])
    mine &= items["item"].isin(instrument.scored_items)
    part = items[mine].astype({"assessment_id": object, "value": "float64"})
    wide = part.pivot(index="assessment_id", columns="item", values="value")
    return wide.reindex(columns=list(instrument.scored_items)).astype("float64")


def _of_totals(
    rows: pd.DataFrame, instrument: Instrument
) -> Iterator[tuple[str, pd.Index, int, tuple[str, str, str, str]]]:
    """Yield what is unlikely in given totals of a sum: means, shares, items counted from one."""
    score = rows["score"].dropna().astype("float64")
    low, high = instrument.range
    if len(score) < 10 or instrument.scoring != "sum" or score.max() == score.min():
        return
    number, kept = len(instrument.scored_items), "Taken as totals."
    top = instrument.item_range[1] if instrument.item_range else high / number
    if score.max() <= top and score.max() < high / 2 and (score % 1 != 0).mean() > 0.25:
        remedy = f"Multiply by {number} if they are means of the items."
        yield (
            "score",
            score.index,
            len(score),
            (
                "totals_like_means",
                f"{instrument.name} totals no larger than one item",
                kept,
                remedy,
            ),
        )
    elif (
        instrument.direction == "lower" and len(score) >= 3 * FEWEST and _shifted(score, instrument)
    ):
        remedy = f"Subtract {number} from every total if its items were counted from one higher."
        words = f"no {instrument.name} total below {low + number:g}"
        yield "score", score.index, len(score), ("totals_shifted", words, kept, remedy)


def _shifted(score: pd.Series, instrument: Instrument) -> bool:
    """Say whether the lowest total is about what the lowest answers give when counted from one."""
    if instrument.direction == "higher" or len(score) < 3 * FEWEST:
        return False
    number = len(instrument.scored_items)
    return bool(0 <= score.min() - instrument.range[0] - number <= number / 4)


def _of_items(
    wide: pd.DataFrame, rows: pd.DataFrame, instrument: Instrument
) -> Iterator[tuple[pd.Index, tuple[str, str, str, str]]]:
    """Yield what is unlikely in the answers, with the assessments that it is about."""
    whole = wide.dropna()
    if instrument.item_range is None or whole.empty:
        return
    name = instrument.name
    if len(whole) >= FEWEST and whole.to_numpy().min() >= instrument.item_range[0] + 1:
        both = _both_ways(_score(whole, instrument), _score(whole - 1, instrument))
        words = f"nobody gave the lowest answer to any item of {name}; mean score {both} if shifted"
        remedy = "Subtract 1 from every answer if the lowest was stored as 1 higher."
        yield whole.index, ("items_shifted", words, "Scored as stored.", remedy)
    turned_before = list(_turned_already(whole, rows, instrument))
    yield from turned_before
    scored = _turned(whole, instrument)
    if turned_before or len(scored) < FEWEST or scored.shape[1] < 2:
        return
    against = _against_the_rest(scored)
    if against:
        numbers = ", ".join(str(one) for one in against)
        words = f"items of {name} that run against the others as scored: {numbers}"
        yield whole.index, ("items_against", words, "Scored as the registry says.", _ITEMS)
    yield from _alpha(scored, instrument)


def _turned_already(
    whole: pd.DataFrame, rows: pd.DataFrame, instrument: Instrument
) -> Iterator[tuple[pd.Index, tuple[str, str, str, str]]]:
    """Yield the waves in which reversed items go with the others as stored, not as turned."""
    if not instrument.reversed_items:
        return
    wave = rows.set_index("assessment_id")["wave"].reindex(whole.index).fillna("").astype(object)
    name, done, suspect = instrument.name, "Turned round as the registry says.", []
    for _, part in whole.groupby(wave):
        if len(part) >= FEWEST and _agreement(part, instrument) > 2 / np.sqrt(len(part)):
            suspect += list(part.index)
    if suspect:
        part = whole.loc[suspect]
        both = _both_ways(_score(part, instrument), _score(part, instrument, turn=False))
        words = f"reversed items of {name} that go with the others as stored; mean {both} unturned"
        yield part.index, ("items_turned", words, done, _ITEMS)
        return
    extreme = whole.eq(whole.iloc[:, 0], axis=0).all(axis=1) & whole.iloc[:, 0].isin(
        instrument.item_range or ()
    )
    plain = set(instrument.scored_items) - set(instrument.reversed_items)
    if plain and extreme.mean() > LEAST_SHARE:
        part = whole[extreme]
        both = _both_ways(_score(part, instrument), _score(part, instrument, turn=False))
        words = f"one extreme answer to all items of {name}, reversed or not; mean {both} unturned"
        yield part.index, ("items_all_alike", words, done, _ITEMS)


def _agreement(part: pd.DataFrame, instrument: Instrument) -> float:
    """Correlate reversed items, as stored, with the others; 0 where that cannot be said."""
    reverse = [one for one in part if one in instrument.reversed_items]
    plain = [one for one in part if one not in instrument.reversed_items]
    if not plain:
        return 0.0
    one, other = part[reverse].sum(axis=1), part[plain].sum(axis=1)
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _turned(whole: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    items = np.tile(whole.columns.to_numpy(), len(whole))
    long = pd.DataFrame({"item": items, "value": whole.to_numpy().ravel()})
    values = turned(long, instrument).to_numpy().reshape(whole.shape)
    return pd.DataFrame(values, index=whole.index, columns=whole.columns)


def _score(whole: pd.DataFrame, instrument: Instrument, turn: bool = True) -> float:
    """Return the mean score of complete assessments, with reversed items turned round or not."""
    mean = (_turned(whole, instrument) if turn else whole).mean(axis=1)
    return float(mean.mean() * (len(instrument.scored_items) if instrument.scoring == "sum" else 1))


def _both_ways(here: float, other: float) -> str:
    return f"{here:.1f} as scored, {other:.1f}"


def _against_the_rest(scored: pd.DataFrame) -> list[int]:
    """Return the items whose correlation with the sum of the others is negative beyond chance."""
    rest = scored.rsub(scored.sum(axis=1), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [np.corrcoef(scored[item], rest[item])[0, 1] for item in scored]
    limit = -2 / np.sqrt(len(scored))
    return [int(item) for item in scored.columns[np.array(found) < limit]]


def cronbach_alpha(scored: pd.DataFrame) -> tuple[float, float, float]:
    """Return Cronbach's alpha with its 95% interval.

    Parameters
    ----------
    scored : DataFrame
        Complete answers, turned round where reversed: assessments by two items or more.

    Returns
    -------
    (float, float, float)
        Alpha (Cronbach 1951, doi 10.1007/BF02310555) and its limits (Feldt 1965, doi
        10.1007/BF02289499); missing where nobody differs from anybody.
    """
    n, k = scored.shape
    total = float(scored.sum(axis=1).var(ddof=1))
    if total == 0:
        return (np.nan, np.nan, np.nan)
    alpha = k / (k - 1) * (1 - float(scored.var(ddof=1).sum()) / total)
    df = (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * float(f.ppf(0.975, *df))
    high = 1 - (1 - alpha) * float(f.ppf(0.025, *df))
    return alpha, low, high


def _alpha(
    scored: pd.DataFrame, instrument: Instrument
) -> Iterator[tuple[pd.Index, tuple[str, str, str, str]]]:
    published, source = instrument.reliability, (instrument.reliability_source or "").lower()
    if published is None or "alpha" not in source:
        return
    alpha, low, high = cronbach_alpha(scored)
    if not low <= published <= high and abs(alpha - published) > LEAST_ALPHA_GAP:
        words = (
            f"alpha of {instrument.name} {alpha:.2f} (95% interval {low:.2f} to {high:.2f}, "
            f"n {len(scored)}) where {published:g} is published"
        )
        yield scored.index, ("alpha", words, "Scored as the registry says.", _ITEMS)
