"""A synthetic program of 500 episodes with strong truth, measured and ready to analyse."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks.plan_limits import CLUSTERS, PROGRAM, WEIGHTING

from analysis.adjust import Measured
from analysis.adjust.contrasts import estimate_contrasts
from analysis.cohort import restrict, select_cohort
from analysis.measures.exposure import participant_weeks, session_facts
from analysis.measures.instruments import load_instruments, ranges
from analysis.measures.outcomes import outcome_table, repeated_table
from analysis.measures.scoring import score_assessments
from analysis.program import Program
from analysis.records.effect import Effect
from analysis.simulate import simulate_study, write_simulated
from analysis.study.documents import read_yaml
from analysis.study.reading import read_study

STRONG = {
    "sites": 2,
    "benefit_effects": {
        "anxiety": 0.0,
        "self_esteem": 0.9,
        "shame": 0.0,
        "emotion_regulation": 0.0,
        "interpersonal_problems": 0.9,
        "coping": 0.0,
        "hope": 0.9,
        "loneliness": 0.0,
    },
    "mediator_paths": {
        "anxiety": 0.0,
        "self_esteem": 0.0,
        "shame": 0.0,
        "emotion_regulation": 0.0,
        "interpersonal_problems": 0.0,
        "coping": 0.0,
        "hope": 5.0,
        "loneliness": 0.0,
    },
    "effect": 2.25,
}


@pytest.fixture(scope="session")
def study(root, tmp_path_factory):
    """Return config, registry, tables of the cohort and the planted answers."""
    folder = tmp_path_factory.mktemp("program")
    config = read_yaml(root / "config" / "studies" / "example_randomised.yaml")
    config["tables"] = {name: f"{name}.csv" for name in config["tables"]}
    registry = load_instruments(root / "config" / "instruments.yaml")
    made = simulate_study(
        scenario="randomised", episodes=500, seed=6, registry=registry, truth=STRONG
    )
    write_simulated(made, folder)
    tables = read_study(config, folder, ranges(registry))
    cohort = select_cohort(tables, config)
    answers = {(one["claim"], one["part"]): one["value"] for one in made.answers["answers"]}
    return config, registry, tables, restrict(tables, pd.Series(cohort.episodes)), answers


@pytest.fixture(scope="session")
def program(study):
    config, registry, whole, cohort, _ = study
    scores = score_assessments(cohort, registry)
    measured = Measured(
        tables=cohort,
        scores=scores,
        outcomes=outcome_table(cohort, scores, config, registry),
        repeated=repeated_table(cohort, scores, config, registry),
        sessions=session_facts(whole),
        weeks=participant_weeks(cohort),
        config=config,
        registry=registry,
        thresholds=WEIGHTING,
    )
    effects, _ = estimate_contrasts(measured)
    return Program(**vars(measured), comparisons=effects, limits=PROGRAM, clusters=CLUSTERS)


@pytest.fixture(scope="session")
def answers(study):
    return study[4]


@pytest.fixture
def blank():
    return Effect(
        id="program.claim.part",
        contrast="",
        construct="x",
        instrument="X",
        time="day 42",
        estimand="e",
        model="m",
        unit="points",
        data_origin="synthetic",
    )


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def without(program):
    """Return the program without a construct's answers."""

    def drop(construct):
        name = program.config["instruments"][construct]
        kept = {k: v for k, v in program.config["instruments"].items() if k != construct}
        return replace(
            program,
            scores=program.scores[program.scores["instrument"].ne(name)],
            outcomes=program.outcomes[program.outcomes["construct"].ne(construct)],
            comparisons=[one for one in program.comparisons if one.construct != construct],
            config={**program.config, "instruments": kept},
        )

    return drop
