"""Which parts of the plan's claims ask for an estimate, by the step that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Claims = Mapping[str, Mapping[str, Any]]


def fidelity_claims(claims: Claims) -> dict[str, dict[str, Any]]:
    """Return the claims on how the program runs: claim to its window and its parts."""
    return {
        key: {
            "window": one["window"],
            "parts": {name: part for name, part in one["parts"].items() if "measure" in part},
        }
        for key, one in claims.items()
        if one["kind"] == "fidelity"
    }


def program_claims(claims: Claims) -> dict[str, dict[str, Any]]:
    """Return the parts that `estimate_program` estimates: claim to its margin and these parts."""
    found = {
        key: {
            name: part
            for name, part in one["parts"].items()
            if part.get("estimate", "retention") != "retention"
        }
        for key, one in claims.items()
    }
    return {
        key: {"margin": claims[key].get("margin", {}), "parts": parts}
        for key, parts in found.items()
        if parts
    }


def retention_claims(claims: Claims) -> dict[str, dict[str, str]]:
    """Return the parts on staying in treatment: claim to part to its measure of stay."""
    found = {
        key: {
            name: part["measure_of_stay"]
            for name, part in one["parts"].items()
            if part.get("estimate") == "retention"
        }
        for key, one in claims.items()
    }
    return {key: parts for key, parts in found.items() if parts}
