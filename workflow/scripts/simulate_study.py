"""Make a synthetic study: settings in, raw tables and their answer key out."""

import sys
from pathlib import Path

from analysis.measures.instruments import load_instruments
from analysis.simulate import simulate_study, write_simulated

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    simulated = simulate_study(
        **snakemake.params.simulate, registry=load_instruments(Path(snakemake.input.instruments))
    )
    write_simulated(simulated, Path(snakemake.output.truth).parent)
