"""Reads what pages show. Each function is called in one transaction."""
