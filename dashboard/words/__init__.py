"""Describes stored objects in words."""
