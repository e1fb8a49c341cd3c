#!/usr/bin/env bash
# django 5.2.19, language en-us: three ways in which hours and minutes that a person types are stored as others, without an error.
# IntegerField takes "1.000", which half of the world types for a thousand, as 1: it cuts a point and the zeros after it.
# With USE_THOUSAND_SEPARATOR and localize=True "1,5" is 15 in IntegerField and DecimalField: commas are taken out wherever they
# stand, not only before three digits. DurationField reads "1:30" as a minute and a half, and gives it back as "00:01:30".
# Output seen: 1.000 is 1; 1,5 is 15 and 15; 1:30 is 0:01:30
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet django==5.2.19
"$work/venv/bin/python" - <<'PY'
from datetime import timedelta
from decimal import Decimal

import django
from django.conf import settings

settings.configure(LANGUAGE_CODE="en-us", USE_THOUSAND_SEPARATOR=True)
django.setup()

from django import forms

thousand = forms.IntegerField().clean("1.000")
whole = forms.IntegerField(localize=True).clean("1,5")
part = forms.DecimalField(localize=True).clean("1,5")
span = forms.DurationField().clean("1:30")
print("1.000 is", thousand, "; 1,5 is", whole, "and", part, "; 1:30 is", span)
assert thousand == 1
assert whole == 15
assert part == Decimal(15)
assert span == timedelta(minutes=1, seconds=30)
PY
