#!/usr/bin/env bash
# weasyprint 70.0, pdf_variant="pdf/ua-1": an image that HTML calls decoration (alt="") is tagged as a Figure without /Alt, which
# PDF/UA-1 (7.3) does not allow; an error is logged, and the file is written all the same. An artifact would be right. The same
# picture as a CSS background is left out of the tags, as it should be.
# Output seen: img: 1 figure, 0 described, 1 logged; background: 0 figures, 0 described, 0 logged
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet weasyprint==70.0 pydyf==0.13.0 pikepdf==10.18.0
"$work/venv/bin/python" - <<'PY'
import logging
from io import BytesIO

import pikepdf
from weasyprint import HTML

SQUARE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E%3Crect width='1' height='1'/%3E%3C/svg%3E"
logged = []
handler = logging.Handler()
handler.emit = lambda record: logged.append(record.getMessage())
logging.getLogger("weasyprint").handlers = [handler]


def count(body: str) -> tuple[int, int, int]:
    logged.clear()
    html = f'<html lang="en"><title>Square</title><p>Text</p>{body}</html>'
    pdf = pikepdf.open(BytesIO(HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
    figures = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
    return len(figures), sum("/Alt" in figure for figure in figures), sum("alt" in line for line in logged)


img = count(f'<img alt="" width="20" height="20" src="{SQUARE}">')
background = count(f'<div style="width: 20px; height: 20px; background: url(&quot;{SQUARE}&quot;)"></div>')
print("img:", img, "background:", background)
assert img == (1, 0, 1)
assert background == (0, 0, 0)
PY
