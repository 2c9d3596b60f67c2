"""Draw the figures: public tables in, images and their alternative texts out."""

import json
import sys
from pathlib import Path

from analysis.disclosure import publish, write_receipt
from analysis.present.figures import draw_figures

if __name__ == "__main__":
    sys.stderr = Path(snakemake.log[0]).open("w", encoding="utf-8", buffering=1)
    public = Path(snakemake.input.study).parent
    origin = json.loads(Path(snakemake.input.study).read_text(encoding="utf-8"))["data_origin"]
    target = Path(snakemake.output.alt)
    figures = draw_figures(public, snakemake.threads)
    published = [
        publish(image, target.parent / f"{name}{size}.png", data_origin=origin)
        for name, figure in figures.items()
        for size, image in (("", figure.png), ("_narrow", figure.narrow))
    ]
    texts = {
        name: {"title": one.title, "alt": one.alt, "csv": one.csv} for name, one in figures.items()
    }
    published.append(publish(texts, target, data_origin=origin))
    write_receipt(published, Path(snakemake.output.receipt))
