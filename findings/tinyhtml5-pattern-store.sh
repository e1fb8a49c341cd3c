#!/usr/bin/env bash
# tinyhtml5 2.1.0: the store of patterns by which the tokenizer finds the end of a text is never hit. `a = store[a] = b` sets `a` before it
# reads the key, so each pattern is stored under itself. A page makes the text of a pattern anew for every text, tag and attribute: more
# than a third of the time of parsing. A dictionary that is filled under the right keys gives the same tree.
# Output seen: 101 looks, 0 hits, keys are patterns: True; with right keys 101 looks, 100 hits, the same tree: True
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet tinyhtml5==2.1.0 webencodings==0.5.1
"$work/venv/bin/python" - <<'PY'
import re
from xml.etree.ElementTree import tostring

import tinyhtml5
from tinyhtml5 import inputstream

PAGE = "<!doctype html><title>Shelf</title><ul>" + "".join(f"<li>Book {number}</li>" for number in range(100)) + "</ul>"


class Counted(dict):
    """A store that counts its looks and hits; `right` keeps the key that was asked for."""

    def __init__(self, right: bool) -> None:
        self.right, self.looks, self.hits, self.asked = right, 0, 0, None

    def __getitem__(self, key):
        self.looks, self.asked = self.looks + 1, key
        found = super().__getitem__(key)
        self.hits += 1
        return found

    def __setitem__(self, key, value):
        super().__setitem__(self.asked if self.right else key, value)


def parse(right: bool) -> tuple[Counted, bytes]:
    store = inputstream.characters_until_regex = Counted(right)
    return store, tostring(tinyhtml5.parse(PAGE))


store, tree = parse(False)
mended, same = parse(True)
patterns = all(isinstance(key[0], re.Pattern) for key in store)
print(f"{store.looks} looks, {store.hits} hits, keys are patterns: {patterns}")
print(f"with right keys {mended.looks} looks, {mended.hits} hits, the same tree: {tree == same}")
assert store.hits == 0 and patterns and store.looks > 100
assert mended.hits > mended.looks * 0.9 and tree == same
PY
