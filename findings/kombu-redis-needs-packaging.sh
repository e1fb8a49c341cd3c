#!/usr/bin/env bash
# celery 5.7.0 with kombu 5.7.0 and redis 8.1.0 beside it, all named by themselves: the Redis transport imports `packaging`, which neither
# of the three requires. Only the extra, celery[redis] (kombu[redis]), brings it. Where another package happens to bring it all is
# well; a leaner image fails when the worker starts, and not at installation.
# Output seen: ModuleNotFoundError: No module named 'packaging'
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet celery==5.7.0 kombu==5.7.0 redis==8.1.0
"$work/venv/bin/pip" freeze | grep -iE '^(celery|kombu|redis|packaging)=='
if "$work/venv/bin/python" -c 'import kombu.transport.redis' 2> "$work/said"; then echo "It is imported now."; exit 1; fi
tail -n 1 "$work/said"
grep -q "No module named 'packaging'" "$work/said"
