#!/usr/bin/env bash
# icalendar 7.3.2: a time with a fixed offset, as datetime.fromisoformat("...-05:00") and most APIs give it, is written with
# TZID="UTC-05:00", the name of no time zone, and without the VTIMEZONE that would say what is meant. Nothing is raised, and the
# library itself reads its file back as a time without any zone: 10:00 of the reader's own day. A zone by name (ZoneInfo) and UTC
# come back as they went. Bring times to one of the two before writing them.
# Output seen: DTSTART;TZID="UTC-05:00":20261102T100000, read back as 2026-11-02T10:00:00
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet icalendar==7.3.2 tzdata==2026.6
"$work/venv/bin/python" - <<'PY'
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


def write(start: datetime) -> tuple[str, datetime]:
    event = Event()
    event.add("dtstart", start)
    calendar = Calendar()
    calendar.add_component(event)
    text = calendar.to_ical().decode()
    [line] = [line for line in text.splitlines() if line.startswith("DTSTART")]
    [read] = Calendar.from_ical(text).walk("VEVENT")
    return line, read["dtstart"].dt


fixed = datetime.fromisoformat("2026-11-02T10:00:00-05:00")
line, back = write(fixed)
print(line, "read back as", back.isoformat())
assert line == 'DTSTART;TZID="UTC-05:00":20261102T100000'
assert back.tzinfo is None
for zone in (ZoneInfo("America/New_York"), UTC):
    _, kept = write(fixed.astimezone(zone))
    assert kept == fixed
PY
