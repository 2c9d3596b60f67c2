"""Record what was published: receipts of the steps and the data's digests in, the record out."""

import json
import sys
from pathlib import Path

from analysis.disclosure import publish, read_receipts, write_receipt

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    content = {
        "data": json.loads(Path(snakemake.input.data).read_text(encoding="utf-8")),
        "files": read_receipts(map(Path, snakemake.input.receipts)),
    }
    target = Path(snakemake.output.record)
    record = publish(content, target, data_origin=snakemake.params.data_origin)
    write_receipt([record], Path(snakemake.output.receipt))
