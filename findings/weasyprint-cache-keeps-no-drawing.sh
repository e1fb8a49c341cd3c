#!/usr/bin/env bash
# weasyprint 70.0: the option `cache`, shared by several documents, keeps an SVG as a parsed tree and not as a drawing. Each document walks
# every point of its paths again, also twice for two places of one picture on a page. What is put into the cache under an address may be any
# object with `get_intrinsic_size` and `draw`, so a drawing can be kept in a form XObject and laid in.
# Output seen: first document 500 points walked, second 500, two places 1000; read from the cache: True
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet weasyprint==70.0 pydyf==0.13.0
"$work/venv/bin/python" - <<'PY'
from urllib.parse import quote

import pydyf
from weasyprint import HTML

POINTS = 500
path = "M0 0" + "".join(f"L{number} {number % 7}" for number in range(1, POINTS + 1))
svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {POINTS} 9'><path fill='none' stroke='black' d='{path}'/></svg>"
address = "data:image/svg+xml," + quote(svg)
walked, original = [], pydyf.Stream.line_to


def line_to(self, *point):
    walked.append(point)
    original(self, *point)


pydyf.Stream.line_to = line_to
cache = {}


def draw(places: int) -> int:
    walked.clear()
    HTML(string=f'<img src="{address}" alt="Line">' * places).write_pdf(cache=cache)
    return len(walked)


first = draw(1)
kept = cache[address]
second, both = draw(1), draw(2)
print(f"first document {first} points walked, second {second}, two places {both}; read from the cache: {cache[address] is kept}")
assert (first, second, both) == (POINTS, POINTS, 2 * POINTS)
assert cache[address] is kept
PY
