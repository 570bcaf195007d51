"""Reads the fields that programs write in their own way: Chrome, Firefox, Safari and Charles. Pure."""

from core.debugging.har.model import HarEntry

SAFARI_CACHES = {"memory cache": "memory", "disk cache": "disk", "service worker": "service-worker"}
WHOLE = "COMPLETE"  # Charles: the exchange is complete


def from_cache(entry: HarEntry) -> str | None:
    """Return the cache that answered; None for the network.

    Chrome names the cache in ``_fromCache``, Safari in ``_fetchType``; Firefox writes ``afterRequest`` in ``cache``.
    """
    if entry.is_from_worker or entry.response.is_from_worker:
        return "service-worker"
    named = entry.from_cache[:16] or SAFARI_CACHES.get(entry.fetch_type.lower())
    return named or ("browser" if "afterRequest" in entry.cache else None)


def transferred_bytes(entry: HarEntry, program: str) -> int | None:
    """Return the transferred bytes as *program* shows them; None if the file does not contain them.

    HAR's ``bodySize`` excludes the headers, but Firefox writes the total transferred size there.
    """
    response = entry.response
    if response.transfer_size is not None:
        return int(response.transfer_size)
    if response.body_size is None:
        return None
    return int(response.body_size + (0 if program == "firefox" else response.headers_size or 0))


def failure(entry: HarEntry) -> str | None:
    """Return why the response is missing or incomplete; None if it is complete.

    Chrome also writes an error for a script with status 404, although there was a response.
    """
    response = entry.response
    if "HTTP_RESPONSE_CODE_FAILURE" in response.error and response.status:
        return None
    if response.charles_status not in ("", WHOLE):
        return f"Charles did not see the end of it ({response.charles_status[:40]})."
    if response.error or not response.status:
        return response.error or "The file contains no response to this request."
    return None
