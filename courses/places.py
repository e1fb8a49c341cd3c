"""The names of states and territories by their postal codes, as every app knows them."""

from people.places import STATES

__all__ = ["STATES", "written_place"]


def written_place(city: str, state: str, country: str) -> str:
    """Write a place as people do: Columbus, Ohio; Toronto, Canada."""
    return ", ".join(part for part in (city, STATES.get(state, state) or country) if part)
