"""Serve the site until the standard input is closed; the first line out is its addresses as JSON."""

import json
import sys

from tests.sites.site import serve_site


def main() -> None:
    with serve_site() as site:
        print(json.dumps({"url": site.url, "other_url": site.other_url}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
