"""HAR 1.2: what a debug session is written as, and read from."""

from core.debugging.har.export import to_har

__all__ = ["to_har"]
