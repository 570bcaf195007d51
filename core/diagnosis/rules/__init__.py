"""The rules by topic: each takes the evidence and yields what it finds."""
