"""``python -m dashboard.demo`` (``make demo``)."""

import sys

from dashboard.demo import main

if __name__ == "__main__":
    sys.exit(main())
