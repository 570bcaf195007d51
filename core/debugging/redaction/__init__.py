"""What counts as a secret, where it is found, and how it is masked; `core.debugging.redact` applies it."""
