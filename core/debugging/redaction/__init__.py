"""Recognises secrets by name and by shape, and masks them; `core.debugging.redact` applies this to events."""
