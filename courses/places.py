"""The names of states and territories by their postal codes, as every room knows them."""

from people.places import STATES

__all__ = ["STATES"]
