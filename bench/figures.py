"""One figure of the table, and how the numbers in it are counted."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure: so many a second of the page or job, of its floor, their ratio and the goal for it."""

    name: str
    what: str
    floor: str
    floor_rate: float
    rate: float
    goal: float
    queries: int
    most_queries: int

    @property
    def ratio(self) -> float:
        """How near it comes to its floor."""
        return self.rate / self.floor_rate

    @property
    def met(self) -> bool:
        """Whether the goal is met, in speed and in queries."""
        return self.ratio >= self.goal and self.queries <= self.most_queries


def rate(run: Callable[[], Any], *, seconds: float) -> float:
    """How often something can be done in a second, after it was done once; tried for so long."""
    run()
    runs, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < seconds:
        run()
        runs += 1
    return runs / spent


def once(run: Callable[[], Any]) -> float:
    """How often a second something that can be done only once could be done."""
    started = time.perf_counter()
    run()
    return 1 / (time.perf_counter() - started)
