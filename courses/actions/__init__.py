"""The writing door: claim a completed course, decide on it, and list courses and agreements."""

from courses.actions.claiming import claim, withdraw
from courses.actions.deciding import accept, enter_approval, refuse
from courses.actions.listing import load_examples, load_program

__all__ = ["accept", "claim", "enter_approval", "load_examples", "load_program", "refuse", "withdraw"]
