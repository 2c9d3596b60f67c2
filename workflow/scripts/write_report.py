"""Write the report: public tables and figures in, one self-contained page out."""

import json
import sys
from pathlib import Path

from analysis.disclosure import publish, write_receipt
from analysis.present.report import render_report

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    public = Path(snakemake.input.study).parent
    origin = json.loads(Path(snakemake.input.study).read_text(encoding="utf-8"))["data_origin"]
    page = publish(render_report(public), Path(snakemake.output.report), data_origin=origin)
    write_receipt([page], Path(snakemake.output.receipt))
