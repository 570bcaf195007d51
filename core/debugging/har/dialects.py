"""Where HAR's writers mean something of their own: Chrome, Firefox, Safari and Charles. Pure."""

from core.debugging.har.model import HarEntry

SAFARI_CACHES = {"memory cache": "memory", "disk cache": "disk", "service worker": "service-worker"}
WHOLE = "COMPLETE"  # Charles: the exchange came to its end


def from_cache(entry: HarEntry) -> str | None:
    """What answered instead of the network; None when the network did.

    Chrome names it in ``_fromCache``, Safari in ``_fetchType``, Firefox by a ``cache`` with an ``afterRequest``.
    """
    if entry.is_from_worker or entry.response.is_from_worker:
        return "service-worker"
    named = entry.from_cache[:16] or SAFARI_CACHES.get(entry.fetch_type.lower())
    return named or ("browser" if "afterRequest" in entry.cache else None)


def transferred_bytes(entry: HarEntry, program: str) -> int | None:
    """What crossed the network, as the panel of *program* counts it; None where the file does not say.

    HAR's ``bodySize`` is without the headers. Firefox writes what its panel calls transferred there.
    """
    response = entry.response
    if response.transfer_size is not None:
        return int(response.transfer_size)
    if response.body_size is None:
        return None
    return int(response.body_size + (0 if program == "firefox" else response.headers_size or 0))


def failure(entry: HarEntry) -> str | None:
    """Why there was no whole answer; None when there was one.

    Chrome calls a script that was answered by 404 an error too, which is an answer nevertheless.
    """
    response = entry.response
    if "HTTP_RESPONSE_CODE_FAILURE" in response.error and response.status:
        return None
    if response.charles_status not in ("", WHOLE):
        return f"Charles did not see the end of it ({response.charles_status[:40]})."
    if response.error or not response.status:
        return response.error or "The file holds no answer to this request."
    return None
