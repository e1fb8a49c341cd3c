"""The writing door: charge, take a card payment, settle it once, give it back."""

from billing.actions.charging import cancel, charge, refund
from billing.actions.listening import NotKnownYet, WrongMode, handle_event, receive_event
from billing.actions.paying import AlreadyPaid, BeingLookedInto, close_checkout, look, look_again, settle, start_checkout
from billing.actions.refunding import ask_again, close, close_refund, give_back, run_refund

__all__ = [
    "AlreadyPaid",
    "BeingLookedInto",
    "NotKnownYet",
    "WrongMode",
    "ask_again",
    "cancel",
    "charge",
    "close",
    "close_checkout",
    "close_refund",
    "give_back",
    "handle_event",
    "look",
    "look_again",
    "receive_event",
    "refund",
    "run_refund",
    "settle",
    "start_checkout",
]
