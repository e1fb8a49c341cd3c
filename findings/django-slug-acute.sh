#!/usr/bin/env bash
# django 5.2.19: slugify("O'Brien") is "obrien", and so it is with the typographic apostrophe, the grave accent and the prime. With
# the acute accent, the key that many keyboards have where people look for an apostrophe, it is "o-brien": NFKD takes U+00B4 apart
# into a space and a combining accent. What looks for names in this form (or in NFKC, which does the same) meets two words.
# The letters' own accents are no trouble: "Núñez" is "nunez".
# Output seen: ' obrien, U+2019 obrien, ` obrien, U+2032 obrien, U+00B4 o-brien
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet django==5.2.19
"$work/venv/bin/python" - <<'PY'
import unicodedata

from django.utils.text import slugify

slugs = {f"U+{ord(mark):04X}": slugify(f"O{mark}Brien") for mark in "'\u2019`\u2032\u00b4"}
print(slugs)
assert slugs.pop("U+00B4") == "o-brien"
assert set(slugs.values()) == {"obrien"}
assert unicodedata.normalize("NFKC", "O\u00b4Brien") == "O \u0301Brien"
assert slugify("N\u00fa\u00f1ez") == "nunez"
PY
