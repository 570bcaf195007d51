"""What the `watchwright` command ends with, for scripts; 0 when all is well."""

NOT_SO = 1
"""The thing asked about is not so."""
USAGE = 2
CANNOT = 3
"""It cannot work here."""
INTERRUPTED = 130  # as shells have it
