"""CONTRIBUTING's four guides: a study, a covariate, an instrument and a claim, by YAML and data."""

import json

import pandas as pd
import pytest

from analysis.study.documents import read_yaml

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("pipeline")]


def edit(path, change):
    content = read_yaml(path)
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def add_covariate(workspace, folder):
    workspace.spoil(
        folder / "episodes.csv",
        lambda frame: frame.insert(
            1,
            "employment",
            ["full", "part", "none"] * (len(frame) // 3) + ["none"] * (len(frame) % 3),
        ),
    )
    entry = {"column": "employment", "type": "categorical", "role": "baseline"}
    edit(workspace.config("mine"), lambda config: config["covariates"].append(entry))


def add_instrument(workspace, folder):
    registry = workspace.folder / "config" / "instruments.yaml"

    def copy_entry(content):
        content["instruments"]["STRESS-X"] = {
            **content["instruments"]["PSS-10"],
            "construct": "stress",
            "label": "A new scale",
        }

    edit(registry, copy_entry)
    edit(workspace.config("mine"), lambda config: config["instruments"].update(stress="STRESS-X"))
    table = pd.read_csv(folder / "assessments.csv", dtype=str)
    copied = table[table["instrument"] == "RSES"].assign(instrument="STRESS-X")
    copied["assessment_id"] = [f"stress{number}" for number in range(len(copied))]
    pd.concat([table, copied]).to_csv(folder / "assessments.csv", index=False)


def add_claim(workspace):
    def copy_claim(content):
        claim = content["claims"]["size"]
        content["claims"]["larger"] = {
            **claim,
            "title": "Eight to twelve",
            "window": {**claim["window"], "low": 8, "high": 12},
        }

    edit(workspace.folder / "config" / "claims.yaml", copy_claim)


def test_the_four_guides(workspace):
    folder = workspace.as_real_study()
    add_covariate(workspace, folder)
    add_instrument(workspace, folder)
    add_claim(workspace)
    done = workspace.run_mine()
    assert done.returncode == 0, done.stdout[-4000:]
    public = workspace.public("mine")
    baseline = pd.read_csv(public / "tables" / "baseline.csv")
    assert {"full", "part", "none"} <= set(
        baseline.loc[baseline["covariate"] == "covariate_employment", "level"]
    )
    effects = pd.read_csv(public / "tables" / "effects.csv")
    assert set(effects.loc[effects["construct"].eq("stress"), "status"]) == {"ok"}
    added = [one for one in workspace.claims("mine") if one["id"] == "larger"]
    assert {one["verdict"] for one in added} <= {"SUPPORTED", "CONTRADICTED", "INCONCLUSIVE"}
    study = json.loads((public / "study.json").read_text(encoding="utf-8"))
    assert study["data_origin"] == "synthetic"
