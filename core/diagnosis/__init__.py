"""What a failure shows: evidence is looked for while it lasts, and rules turn it into findings."""
