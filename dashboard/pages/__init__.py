"""The pages: one module per URL."""

from dashboard.pages.register import register_pages

__all__ = ["register_pages"]
