"""The demo: a store with believable history, and a local site that breaks in interesting ways."""

from dashboard.demo.serving import main

__all__ = ["main"]
