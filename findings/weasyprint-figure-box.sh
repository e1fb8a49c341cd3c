#!/usr/bin/env bash
# weasyprint 70.0 (pydyf 0.13.0), pdf_variant="pdf/ua-1": the /BBox of every Figure is in CSS pixels counted from the top of the
# page, as (left, top, right, bottom). ISO 32000-1, 14.8.5.4.3, asks for default user space: points from the bottom. On a page of
# 4 by 4 inches a square of 1 inch, 1 inch below the top, should have the box 0 144 72 216.
# Two things follow: most figures lie off their page for a reader that uses the box, and a figure in the upper half of a page
# whose size in pixels is small looks plausible, so that a look at one file shows nothing.
# A `finisher` can put it right: the element's Pg names its page, and pages know their height in pixels.
# Output seen: [0.0, 96.0, 96.0, 192.0] on a page of 288 x 288 points
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet weasyprint==70.0 pydyf==0.13.0 pikepdf==10.18.0
"$work/venv/bin/python" - <<'PY'
from io import BytesIO

import pikepdf
from weasyprint import HTML

SQUARE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E%3Crect width='1' height='1'/%3E%3C/svg%3E"
STYLE = "@page { size: 4in; margin: 0 } body { margin: 0 } img { display: block; margin-top: 1in; width: 1in; height: 1in }"
page = f'<html lang="en"><title>Square</title><style>{STYLE}</style><img alt="A square" src="{SQUARE}"></html>'
pdf = pikepdf.open(BytesIO(HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")))
[box] = [[float(n) for n in item.A.BBox] for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
size = [float(n) for n in pdf.pages[0].MediaBox]
print(box, "on a page of", int(size[2]), "x", int(size[3]), "points")
assert size == [0, 0, 288, 288]
assert box == [0, 96, 96, 192], "The box is another now: look whether it is in points from the bottom."
PY
