"""REST v1: what pages show and do, for other programs."""

from dashboard.api.include import include_api

__all__ = ["include_api"]
