"""Times the mixed-model engine beside the peers found on this machine, on the same data.

`python run.py benchmark` runs it all; `--models M1 --sizes 10000` a part. Nothing is installed:
R peers need `Rscript` with the package; Python peers are looked for in the interpreter named by
the environment variable PEERS_PYTHON, or in this one. One thread; CPU seconds; median of five
runs, fewer where a cell has used up `--seconds`. Results: results/benchmarks/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from charts import draw
from trial import endpoint, outcomes, repeated, write_columns

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "benchmarks"
THREADS = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "POLARS_MAX_THREADS",
        "MKL_NUM_THREADS",
    )
}
R_PACKAGES = {
    "lme4": "lme4",
    "lmerTest": "lmerTest",
    "pbkrtest": "pbkrtest",
    "nlme": "nlme",
    "glmmTMB": "glmmTMB",
}
MODULES = {
    "statsmodels": "statsmodels",
    "mixedlm": "mixedlm",
    "mixedlm-rs": "mixedlm_rs",
    "lme-python": "lme_python",
}
LARGEST = {
    "M1": {
        "engine": 10**7,
        "lme4": 10**6,
        "lmerTest": 10**5,
        "mixedlm": 10**6,
        "mixedlm-rs": 10**6,
        "lme-python": 10**5,
        "statsmodels": 10**4,
    },
    "M2": {
        "engine": 10**7,
        "lme4": 10**6,
        "lmerTest": 10**5,
        "mixedlm": 10**6,
        "lme-python": 10**4,
        "engine KR": 10**4,
        "pbkrtest": 10**4,
    },
    "M2s": {"engine": 10**7, "lme4": 10**5},
    "M3": {"engine": 10**6, "nlme": 10**5, "glmmTMB": 10**5},
    "trials": {"engine": 200, "lmerTest": 200, "lme4": 200, "mixedlm": 200, "lme-python": 200},
}
"""Largest number of rows at which a peer is asked for a model that it can express."""


def main() -> int:
    """Run the grid, print ratios, write the table and the figure."""
    options = _options()
    RESULTS.mkdir(parents=True, exist_ok=True)
    peers = [one for one in _found() if options.peers is None or one in options.peers]
    print(f"peers found: {', '.join(peers)}", flush=True)
    rows: list[dict[str, Any]] = []
    for model in options.models:
        for size in [200] if model == "trials" else options.sizes:
            rows += _cell(model, size, peers, options)
            table = pd.DataFrame(rows)
            table.to_csv(RESULTS / "mixed_models.csv", index=False)
    print(ratios(table).to_string(index=False))
    draw(table, RESULTS / "mixed_models.svg")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=list(LARGEST), choices=list(LARGEST))
    parser.add_argument("--sizes", nargs="+", type=int, default=[10**4, 10**5, 10**6])
    parser.add_argument("--peers", nargs="+")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=120.0, help="CPU seconds a cell at most")
    parser.add_argument("--trials", type=int, default=1000)
    return parser.parse_args()


def _found() -> list[str]:
    """Names of the peers that can run here; the engine always can."""
    found = ["engine", "engine KR"]
    if shutil.which("Rscript"):
        found += [
            peer
            for peer, package in R_PACKAGES.items()
            if _runs(["Rscript", "-e", f"stopifnot(requireNamespace('{package}', quietly = TRUE))"])
        ]
    return found + [
        peer for peer, module in MODULES.items() if _runs([_python(), "-c", f"import {module}"])
    ]


def _runs(command: list[str]) -> bool:
    return (
        subprocess.run(command, capture_output=True, env={**os.environ, **THREADS}).returncode == 0
    )


def _python() -> str:
    return os.environ.get("PEERS_PYTHON", sys.executable)


def _cell(
    model: str, size: int, peers: list[str], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """Fit one data set with every peer that can, each in a process of its own."""
    wanted = [one for one in peers if LARGEST[model].get(one, 0) >= size]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        n = _write(model, size, Path(folder), options.trials) if wanted else 0
        for peer in wanted:
            found = _run(peer, model, folder, options)
            print(json.dumps({"model": model, "rows": n, "peer": peer, **found}), flush=True)
            times = sorted(found.pop("times", []))
            rows.append(
                {
                    "model": model,
                    "rows": n,
                    "peer": peer,
                    "cpu_seconds": times[len(times) // 2] if times else None,
                    "runs": len(times),
                    **{
                        key: found.get(key)
                        for key in (
                            "formula",
                            "peak_mib",
                            "criterion",
                            "arm",
                            "df",
                            "converged",
                            "error",
                        )
                    },
                    "machine": f"{platform.machine()}, {os.cpu_count()} cores, 1 thread",
                }
            )
    return rows


def _write(model: str, size: int, folder: Path, trials: int) -> int:
    makers = {"M1": endpoint, "M2": repeated, "M2s": repeated, "trials": endpoint}
    frame = endpoint(size, noisy=2.0) if model == "M3" else makers[model](size)
    write_columns(frame, folder)
    if model == "trials":
        outcomes(frame, trials).tofile(folder / "outcomes.bin")
    return len(frame)


def _run(peer: str, model: str, folder: str, options: argparse.Namespace) -> dict[str, Any]:
    runners = HERE / "runners"
    if peer.startswith("engine"):
        command = [sys.executable, str(runners / "engine.py")]
    elif peer in R_PACKAGES:
        command = ["Rscript", str(runners / "peers.R")]
    else:
        command = [_python(), str(runners / "peers.py")]
    command += [peer, model, folder, str(options.repeats), str(options.seconds)]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **THREADS}
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"ended with {done.returncode}"]
        return {"error": last[0][:200]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Give times of every peer as multiples of the engine's on the same data, and of its memory.

    Kenward-Roger fits are set against the engine's Kenward-Roger fit.
    """
    key = ["model", "rows"]
    exact = table["peer"].isin(["engine KR", "pbkrtest"])
    parts = []
    for part, name in ((table[~exact], "engine"), (table[exact], "engine KR")):
        ours = part[part["peer"] == name].set_index(key)
        both = part.join(ours[["cpu_seconds", "peak_mib", "criterion"]], on=key, rsuffix="_engine")
        parts.append(both)
    out = pd.concat(parts)
    out["times_slower"] = (out["cpu_seconds"] / out["cpu_seconds_engine"]).round(1)
    out["times_memory"] = (out["peak_mib"] / out["peak_mib_engine"]).round(2)
    out["criterion_above"] = (out["criterion"] - out["criterion_engine"]).map("{:+.1e}".format)
    columns = ["cpu_seconds", "runs", "peak_mib", "times_slower", "times_memory", "criterion_above"]
    return out[[*key, "peer", *columns]].sort_values([*key, "cpu_seconds"])


if __name__ == "__main__":
    sys.exit(main())
