"""The tests, of which each file mirrors a module."""

import os
import sys

# What Python compiles is kept, whatever the environment says: else each of the dozens of servers that tests start
# compiles all that it imports anew, which is half of the processor's time for its start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
