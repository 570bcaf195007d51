"""The exit codes of the `watchwright` command; 0 means success."""

NEGATIVE = 1
"""The answer is no: the website is down, the page did not load, or the object was not found."""
USAGE = 2
FAILED = 3
"""The command cannot work here."""
INTERRUPTED = 130  # 128 + SIGINT, as in shells
