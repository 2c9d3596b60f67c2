"""Check a run: claims in, an error out where an estimate failed."""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    entries = json.loads(Path(snakemake.input.claims).read_text(encoding="utf-8"))
    failed = [
        f"{one['id']} ({one['part']}): {one['message']}"
        for one in entries
        if one["verdict"] == "ERROR"
    ]
    Path(snakemake.log[0]).write_text(
        "\n".join(failed or ["no estimate failed"]) + "\n", encoding="utf-8"
    )
    if failed:
        sys.exit(1)
    Path(snakemake.output.checked).write_text(json.dumps({"failed": 0}), encoding="utf-8")
