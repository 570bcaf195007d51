"""The demo: a store of its own, filled with believable history, beside a site that breaks in interesting ways."""

from dashboard.demo.serving import main

__all__ = ["main"]
