"""A study in brief, for the head of its report: what it is, whom it compares, on what."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from analysis.records.effect import Effect

PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib", "snakemake")


def study_summary(
    config: Mapping[str, Any],
    designs: Mapping[str, Mapping[str, Any]],
    instruments: Mapping[str, Mapping[str, Any]],
    effects: Sequence[Effect],
    data: Mapping[str, str],
    suspicions: Sequence[str] = (),
) -> dict[str, Any]:
    """Summarise a study from its config and the sizes of its contrasts.

    Parameters
    ----------
    config : mapping
        The study's config.
    designs : mapping
        Contrast to its numbers of participants and clusters.
    instruments : mapping
        Contents of ``config/instruments.yaml``.
    effects : sequence of Effect
        They tell whether the confounding of an observational contrast was examined.
    data : mapping of str to str
        Declared table to the SHA-256 of its file.
    suspicions : sequence of str
        As `measures.suspicions` gives them.

    Returns
    -------
    dict
        JSON types; the fields that results/README.md lists for ``study.json``.
    """
    keys = ("study", "title", "data_origin", "attribution", "registration", "arms")
    summary = {key: config.get(key, "") for key in keys}
    summary["contrasts"] = {
        name: {
            **contrast,
            "confounding": _confounding(name, contrast["assignment"], effects),
            **designs.get(name, {}),
        }
        for name, contrast in config["contrasts"].items()
    }
    summary["outcome"] = _outcome(config, instruments)
    summary["suspicions"] = list(suspicions)
    summary["published_results"] = list(config.get("published_results", ()))
    summary["data"] = dict(data)
    summary["versions"] = {
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }
    return summary


def _confounding(contrast: str, assignment: str, effects: Sequence[Effect]) -> str:
    if assignment == "randomised":
        return "not needed (randomised)"
    weighted = [one for one in effects if one.contrast == contrast and "weighted" in one.model]
    if not weighted:
        return "not yet examined"
    if all(one.status == "withheld" for one in weighted):
        return "examined; the arms could not be made comparable, so no estimate is shown"
    return "measured covariates balanced by overlap weights; what was not measured may still differ"


def _outcome(
    config: Mapping[str, Any], instruments: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    if "outcome" not in config:
        return {}
    construct = config["outcome"]["construct"]
    name = config["instruments"][construct]
    instrument = instruments[name]
    return {
        **config["outcome"],
        "instrument": name,
        "label": instrument["label"],
        "direction": instrument["direction"],
        "range": instrument["range"],
        "unit": f"{name} points",
    }
