"""Estimate fidelity: facts of sessions and weeks in, shares inside the article's windows out.

Beside the shares of the whole study stand those of each site and quarter of the study clock.
"""

import json
import sys
from pathlib import Path

from analysis.program.fidelity import estimate_fidelity
from analysis.program.fidelity_spread import spread_fidelity
from analysis.study.store import read_frame, read_tables

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    config = snakemake.params.config
    shared = {
        "sessions": read_frame(snakemake.input.sessions),
        "weeks": read_frame(snakemake.input.weeks),
        "claims": snakemake.params.claims,
        "arms": config["arms"],
    }
    effects = estimate_fidelity(**shared, data_origin=config["data_origin"])
    episodes = read_tables(Path(snakemake.input.tables[0]).parent)["episodes"]
    spread = spread_fidelity(**shared, episodes=episodes, period=snakemake.params.period)
    spread.to_parquet(snakemake.output.spread)
    text = json.dumps([one.to_json() for one in effects], indent=1)
    Path(snakemake.output.effects).write_text(text, encoding="utf-8")
