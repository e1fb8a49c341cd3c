#!/usr/bin/env bash
# pypdfium2 5.15.2: render(may_draw_forms=True), which is the default, draws the fields of a form only if init_forms() was called
# before the page was got from the document. Called after, it does nothing for that page, and nothing is said: a filled form, or a
# signature that can be seen, comes out as an empty sheet. Getting the page again helps.
# Output seen: dark points without 0, after the page 0, the page again 7200, before 7200
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pypdfium2==5.15.2 pikepdf==10.18.0 pillow==13.0.0
"$work/venv/bin/python" - <<'PY'
from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Stream

made = pikepdf.new()
page = made.add_blank_page(page_size=(200, 100))
shown = Stream(made, b"/Tx BMC q 0 g 0 0 180 40 re f Q EMC")
shown.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 180, 40]), Resources=Dictionary())
field = made.make_indirect(
    Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T="rating",
        V="Exceeds",
        Rect=Array([10, 30, 190, 70]),
        F=4,
        AP=Dictionary(N=made.make_indirect(shown)),
        P=page.obj,
    )
)
page.Annots = Array([field])
made.Root.AcroForm = Dictionary(Fields=Array([field]))
file = BytesIO()
made.save(file)


def count(page: pypdfium2.PdfPage) -> int:
    return sum(page.render(may_draw_forms=True).to_pil().convert("L").histogram()[:128])


without = count(pypdfium2.PdfDocument(file.getvalue())[0])
late = pypdfium2.PdfDocument(file.getvalue())
first = late[0]
late.init_forms()
after, again = count(first), count(late[0])
early = pypdfium2.PdfDocument(file.getvalue())
early.init_forms()
before = count(early[0])
print("dark points without", without, "after the page", after, "the page again", again, "before", before)
assert without == after == 0
assert again == before == 7200
PY
