"""Actions of people and programs, by noun: each validates its input, stores it, audits it and sends a signal."""
