"""REST v1: what a page shows and does, for other programs."""

from dashboard.api.include import include_api

__all__ = ["include_api"]
