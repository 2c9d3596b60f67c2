"""Groups for one family of conditions: they exist, take that family only, and differ as planted."""

import numpy as np
import pytest

from analysis.measures.instruments import load_instruments
from analysis.simulate.program import run_program
from analysis.simulate.questionnaires import registered
from analysis.simulate.scenarios import make_truth


@pytest.fixture(scope="module")
def programs(root):
    instruments = registered(load_instruments(root / "config" / "instruments.yaml"))

    def run(effect):
        truth = make_truth("randomised", {"focus_effect": effect})
        return run_program(900, truth, instruments, np.random.SeedSequence(4))

    return run(0.0), run(3.0)


def test_some_process_groups_take_one_family_only(programs):
    groups = programs[0].groups
    process = groups["kind"].eq("process")
    assert 0.05 < (groups.loc[process, "focus"] >= 0).mean() < 0.4
    assert (groups.loc[~process, "focus"] < 0).all()
    who = programs[0].people
    focus = groups["focus"].reindex(who["cluster"]).ge(0).to_numpy()
    assert focus.sum() >= 20
    assert (who["condition"][focus] == 0).all()


def test_what_is_planted_is_the_difference_and_nothing_else_moves(programs):
    """The same people under both truths: the family's mean stays, its two kinds of group part."""
    without, planted = programs
    who = without.people
    focus = without.groups["focus"].reindex(who["cluster"]).ge(0).to_numpy()
    family = (who["condition"].eq(0) & who["group"]).to_numpy()
    gain = without.latent["day42_group"] - planted.latent["day42_group"]
    assert gain[focus].mean() - gain[family & ~focus].mean() == pytest.approx(3.0)
    assert gain[family].mean() == pytest.approx(0.0, abs=1e-9)
    assert gain[~family].abs().max() == pytest.approx(0.0, abs=1e-9)
    assert without.latent["day42_individual"].equals(planted.latent["day42_individual"])
