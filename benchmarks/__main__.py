"""Run all benchmarks, or the named ones: ``python -m benchmarks [NAME …]``. Each prints its own table.

A benchmark is a module in this package that can run as a program. Each runs in its own process, so that it does not
profit from another one's warm caches, memory or browser.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks._ending import cleaned_up

HERE = Path(__file__).parent


def names() -> list[str]:
    """Return the names of all benchmarks in the order in which they run."""
    programs = (path for path in HERE.glob("*.py") if not path.name.startswith("_"))
    return sorted(path.stem for path in programs if '__name__ == "__main__"' in path.read_text())


@cleaned_up()
def main() -> int:
    """Return exit code 0 if every benchmark succeeded, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(names())}")
    chosen = parser.parse_args().names or names()
    if unknown := set(chosen) - set(names()):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    failed = [name for name in chosen if not _ran(name)]
    if failed:
        print(f"\nDid not run to the end: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _ran(name: str) -> bool:
    print(f"\n## {name}\n", flush=True)
    with subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}"]) as process:
        try:
            return process.wait() == 0
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
