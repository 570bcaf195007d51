"""Actions of people and programs, by noun: each validates its input, stores it, audits it and sends a signal.

An action raises `NotAllowed` if the actor lacks the permission that it asks for with `require`.
"""
