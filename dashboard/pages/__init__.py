"""The pages, one file for each URL."""

from dashboard.pages.register import register_pages

__all__ = ["register_pages"]
