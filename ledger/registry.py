"""Who hears of which event, what is due how often, and who answers what an app asks upward: filled when the program starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import update_wrapper
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, Literal, ParamSpec, Protocol, TypeVar

Period = Literal["minute", "hour", "day"]
P = ParamSpec("P")
T = TypeVar("T")


class Subscriber(Protocol):
    """Receives one event in a transaction of its own; raising means: try again later."""

    def __call__(self, event: dict[str, Any], *, at: datetime) -> None:
        """Handle one event."""


class Sweeper(Protocol):
    """Finds and does what is due; safe to run twice."""

    def __call__(self, *, at: datetime) -> None:
        """Do what is due at this instant."""


@dataclass(frozen=True)
class Sweep:
    """A sweeper with its name and period."""

    name: str
    every: Period
    run: Sweeper


SUBSCRIBERS: dict[str, dict[str, Subscriber]] = {}
SWEEPS: dict[str, Sweep] = {}
# Subscribers that ask someone outside, by name, and how long they may take: after that, the worker that began was killed.
OUTSIDE: dict[str, timedelta] = {}


def subscribe(
    topic: str, *, name: str, outside: bool = False, lasts: timedelta = timedelta(minutes=1)
) -> Callable[[Subscriber], Subscriber]:
    """Register a subscriber of `topic` under a `name` that must never change: rows in the outbox carry it.

    One that asks someone `outside` runs in no transaction, and by a worker of its own: while no one answers, it holds no lock, and
    keeps no email and no other event waiting. It opens the transactions that it needs, and may run twice when a worker is killed, or when
    it takes longer than it `lasts`.
    """

    def register(subscriber: Subscriber) -> Subscriber:
        if name in SUBSCRIBERS.setdefault(topic, {}):
            raise ValueError(f"Two subscribers of {topic} are called {name}")
        SUBSCRIBERS[topic][name] = subscriber
        if outside:
            OUTSIDE[name] = lasts
        return subscriber

    return register


def sweep(name: str, *, every: Period) -> Callable[[Sweeper], Sweeper]:
    """Register a sweeper that runs once in each minute, hour, or deadline day."""

    def register(sweeper: Sweeper) -> Sweeper:
        if name in SWEEPS:
            raise ValueError(f"Two sweeps are called {name}")
        SWEEPS[name] = Sweep(name, every, sweeper)
        return sweeper

    return register


class Question(Generic[P, T]):
    """What an app asks of apps that it can't import. The decorated function says what is so while none of them does.

    An app that knows registers its answer when it starts; of several, the first that says something counts.
    """

    def __init__(self, default: Callable[P, T]) -> None:
        self.answers = [default]
        update_wrapper(self, default)

    def register(self, answer: Callable[P, T]) -> None:
        """Ask this one, too, from now on."""
        self.answers.insert(0, answer)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the newest answer first."""
        for answer in self.answers:
            if result := answer(*args, **kwargs):
                break
        return result


def autodiscover(room: str) -> None:
    """Import an app's sentences, subscribers, sweeps, reminder schedules, queues, bulk actions and exports, where it has them."""
    for module in ("states", "subscribers", "sweeps", "reminder_schedules", "queues", "bulk_actions", "data_exports"):
        if find_spec(f"{room}.{module}"):
            import_module(f"{room}.{module}")
