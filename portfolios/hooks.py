"""What a neighbor that this app can't import may tell it: which courses a candidate took."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

CoursesTaken = Callable[[Collection[int]], Mapping[int, Collection[str]]]

_tellers: list[CoursesTaken] = []


def tell_courses_taken(teller: CoursesTaken) -> None:
    """Register who knows the titles of courses that people (by key) took; asked once for all candidates of a page."""
    if teller not in _tellers:
        _tellers.append(teller)


def courses_taken(people: Collection[int]) -> dict[int, set[str]]:
    """The titles of courses that each of these people took, from everybody who knows."""
    found: dict[int, set[str]] = defaultdict(set)
    for teller in _tellers:
        for person, titles in teller(people).items():
            found[person].update(titles)
    return found
