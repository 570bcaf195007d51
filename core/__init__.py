"""Everything Watchwright knows and does without a browser tab open; never imports a web or UI library."""
