"""Measure: `make bench`, or with another size `make bench SIZE=1000000`. Prints a table, and writes var/bench.json."""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import django
from django.conf import settings

from bench.figures import Figure


def main() -> int:
    """Make a database, fill it, measure, and remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--size", type=int, default=10_000, help="how many people, candidacies, portfolios, certificates and courses (10000)"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="for how long each page is opened again and again (3)")
    options = parser.parse_args()
    size: int = options.size
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lssc.settings")
    os.environ.update({"EMAIL_URL": "memorymail://", "DEMO": "1", "DEBUG": "0", "VERIFY_PER_MINUTE": "0"})
    os.environ.setdefault("SECRET_KEY", "only-for-measuring")
    django.setup()
    settings.ROOT_URLCONF = "bench.floors"
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    from django.db import connection

    from bench import large_fixture, measure
    from ledger import clock

    creation = connection.creation
    settings.DATABASES["default"]["TEST"]["NAME"] = f"bench_{uuid4().hex[:8]}"
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        started = time.perf_counter()
        large_fixture.build(size, at=clock.now())
        sys.stdout.write(
            f"{size:,} people, candidacies, portfolios, certificates and courses, made in {time.perf_counter() - started:.0f} s.\n\n"
        )
        figures = measure.all_figures(size, seconds=options.seconds)
    finally:
        creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)
    report(figures, size)
    return 0


def report(figures: list[Figure], size: int) -> None:
    """Print the table and write the file."""
    sys.stdout.write(f"{'':4} {'page or job':44} {'a second':>10} {'floor':>10} {'ratio':>6} {'goal':>6} {'queries':>8}\n")
    for figure in figures:
        mark = "" if figure.met else "  below the goal"
        queries = f"{figure.queries}/{figure.most_queries}" if figure.most_queries else ""
        sys.stdout.write(
            f"{figure.name:4} {figure.what:44} {figure.rate:10.1f} {figure.floor_rate:10.1f} "
            f"{figure.ratio:6.2f} {figure.goal:6.2f} {queries:>8}{mark}\n"
        )
    folder = Path(settings.BASE_DIR) / "var"
    folder.mkdir(exist_ok=True)
    rows = [asdict(figure) | {"ratio": round(figure.ratio, 3), "met": figure.met} for figure in figures]
    (folder / "bench.json").write_text(json.dumps({"size": size, "figures": rows}, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
