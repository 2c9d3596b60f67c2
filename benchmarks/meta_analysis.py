"""How long a random-effects meta-analysis of 60 studies takes, beside metafor where R is there.

Run: `python benchmarks/meta_analysis.py [--repeats 2000] [--peer]`. CPU time of one process; the
first fit is left out, as are imports. `--peer` needs `Rscript` with metafor and times `rma` on the
same numbers, its own start and imports left out too.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np

from analysis.evidence import pool

STUDIES, SEED = 60, 20261123

PEER = """
suppressMessages(library(metafor))
d <- jsonlite::fromJSON(file("stdin"))
for (test in c("z", "knha")) {
  m <- rma(d$y, d$v, test = test)
  t <- system.time(for (i in seq_len(d$repeats)) rma(d$y, d$v, test = test))
  cat(test, (t[["user.self"]] + t[["sys.self"]]) / d$repeats * 1e3, m$b, "\\n")
}
"""


def milliseconds(task: Callable[[], object], repeats: int) -> float:
    """Median over ten rounds of the CPU milliseconds of one call."""
    task()
    rounds = []
    for _ in range(10):
        start = time.process_time()
        for _ in range(max(1, repeats // 10)):
            task()
        rounds.append((time.process_time() - start) / max(1, repeats // 10) * 1e3)
    return float(np.median(rounds))


def nested(rng: np.random.Generator, studies: int, each: int) -> tuple[np.ndarray, ...]:
    """Several effects a study, for the correlated-and-hierarchical effects model."""
    study = np.repeat(np.arange(studies), each)
    v = rng.uniform(0.02, 0.2, study.size)
    y = 0.2 + rng.normal(0, 0.2, studies)[study] + rng.normal(0, np.sqrt(v + 0.01))
    return y, v, study


def main() -> None:
    """Print one line a model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    v = rng.uniform(0.02, 0.2, STUDIES)
    y = rng.normal(0.2, np.sqrt(v + 0.04))
    for method in ("REML", "PM", "DL", "EE"):
        for test in ("z", "hartung-knapp"):
            took = milliseconds(
                lambda m=method, t=test: pool(y, v, method=m, test=t), options.repeats
            )
            print(f"ours     {STUDIES} studies {method:<5}{test:<14}{took:8.3f} ms")
    yn, vn, study = nested(rng, STUDIES, 4)
    took = milliseconds(lambda: pool(yn, vn, study=study, rho=0.6), 20)
    print(f"ours     {STUDIES} studies, 240 effects, REML, CR2{took:8.1f} ms")
    if options.peer and shutil.which("Rscript"):
        data = json.dumps({"y": y.tolist(), "v": v.tolist(), "repeats": options.repeats // 10})
        command = ["Rscript", "-e", PEER]
        ran = subprocess.run(
            command, input=data, capture_output=True, text=True, encoding="utf-8", check=True
        )
        for line in ran.stdout.splitlines():
            test, took, _ = line.split()
            print(f"metafor  {STUDIES} studies REML {test:<14}{float(took):8.3f} ms")


if __name__ == "__main__":
    main()
