"""`make bench` measures everything that it promises; how fast, no test says."""

import json
import os
import subprocess
import sys

from ops.runtime import PROJECT

GOALS = ["G1", "G1", "G2", "G3", "G4", "G5", "G6", "G8", "G8", "G9", "G10"]


def test_the_bench_measures_each_goal_beside_its_floor() -> None:
    command = [sys.executable, "-m", "bench", "--size", "800", "--seconds", "0.05"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((PROJECT / "var" / "bench.json").read_text())
    assert (told["size"], [figure["name"] for figure in told["figures"]]) == (800, GOALS)
    assert all(figure["rate"] > 0 and figure["floor_rate"] > 0 for figure in told["figures"])
    assert all(f"{figure['name']:4} {figure['what']}" in done.stdout for figure in told["figures"])
