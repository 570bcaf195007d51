"""Exports debug sessions as HAR 1.2, and imports HAR files."""

from core.debugging.har.export import to_har

__all__ = ["to_har"]
