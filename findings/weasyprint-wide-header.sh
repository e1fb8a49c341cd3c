#!/usr/bin/env bash
# weasyprint 70.0, pdf_variant="pdf/ua-1": table cells get /Headers with the ids of their header cells, and no /Scope is written.
# Below a <th colspan="2"> only the cells of its first column name it; those of the second have no header at all, so that a reader
# of the tags hears a number without knowing what of. Repeating the <th> for each column, or none with colspan, avoids it.
# Output seen: colspan=2: cells with headers [1, 0], two cells: [1, 1], scopes: 0
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet weasyprint==70.0 pydyf==0.13.0 pikepdf==10.18.0
"$work/venv/bin/python" - <<'PY'
from io import BytesIO

import pikepdf
from weasyprint import HTML


def read(head: str) -> tuple[list[int], int]:
    html = f'<html lang="en"><title>T</title><table><thead><tr>{head}</tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></html>'
    pdf = pikepdf.open(BytesIO(HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")))
    found = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") in ("/TD", "/TH") and "/A" in item]
    cells = [len(item.A.get("/Headers", [])) for item in found if item.S == "/TD"]
    return cells, sum("/Scope" in item.A for item in found)


wide, scopes = read('<th scope="colgroup" colspan="2">Hours</th>')
two, _ = read('<th scope="col">Hours</th><th scope="col">Hours</th>')
print("colspan=2: cells with headers", wide, "two cells:", two, "scopes:", scopes)
assert sorted(wide) == [0, 1]
assert two == [1, 1]
assert scopes == 0
PY
