"""A study's changes to the plan: merged key by key, in the shorthand that people write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMITS = "limits"  # the one key of `overrides` that is no claim
OWN = "the study's own"


def with_overrides(claims: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plan of ``config/claims.yaml`` with one study's changes.

    What stands in the place of a margin, a threshold or a limit without naming keys is its
    ``value``. The source of what is changed is the study's own, unless the study names one; all
    else that a study does not name stays as the plan has it.

    Parameters
    ----------
    claims : mapping
        The whole plan, its templates written out.
    overrides : mapping
        Claim to its changes; under ``limits`` group to limit to its change.

    Raises
    ------
    KeyError
        If a claim or a limit does not exist.
    """
    limits = overrides.get(LIMITS) or {}
    absent = {
        "claims": set(overrides) - {LIMITS, *claims["claims"]},
        "limits": {
            f"{group}.{name}"
            for group, named in limits.items()
            for name in named
            if name not in claims[LIMITS].get(group, {})
        },
    }
    for kind, names in absent.items():
        if names:
            raise KeyError(f"overrides name {kind} that do not exist: {', '.join(sorted(names))}")
    return merged(claims, overrides)


def merged(claims: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Merge as `with_overrides` does, whatever the changes name."""
    changed = {key: one for key, one in overrides.items() if key != LIMITS}
    return _merge(claims, {"claims": changed, LIMITS: overrides.get(LIMITS) or {}})


def _merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in change.items():
        own = base.get(key)
        if isinstance(own, Mapping) and isinstance(value, Mapping):
            found[key] = _merge(own, value)
            if "source" in own and "source" not in value and found[key] != own:
                found[key]["source"] = OWN
        elif isinstance(own, Mapping) and "value" in own:
            found[key] = {**own, "value": value, "source": OWN}
        else:
            found[key] = value
    return found
