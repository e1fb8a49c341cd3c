#!/usr/bin/env bash
# puremagic 1.30: a plain zip file with one text in it is said to be .docx, with a confidence that is as high as for a real one
# or nearly so. Any zip whose members no one knows gets the name, so "what does puremagic say" can't tell a bare archive from a
# document: look at the members first ([Content_Types].xml and word/ for .docx, `mimetype` for OpenDocument).
# Output seen: .docx
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet puremagic==1.30
"$work/venv/bin/python" - <<'PY'
import io
import zipfile

import puremagic

file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("notes.txt", "Ten titles for the display on local history.\n")
said = puremagic.from_string(file.getvalue())
print(said)
assert said == ".docx"
PY
