"""A stand-in for Stripe on this machine: the part of its HTTP API that we use, a payment page, and signed webhooks. No money moves.

It is for demos and tests, uses the standard library only, and listens on 127.0.0.1 only. Start it with `python -m standin`.
"""
