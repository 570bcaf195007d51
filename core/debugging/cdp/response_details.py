"""What CDP's ``Network.Response`` says beside status and headers. Pure."""

from core.debugging.cdp.connection import Params
from core.debugging.exchange_record import ExchangeRecord


def cache_of(response: Params, resource_type: str | None) -> str | None:
    """From which cache it came; None for the network, and for memory, of which another event tells."""
    if response.get("fromServiceWorker"):
        return "service-worker"
    if response.get("fromPrefetchCache") and resource_type != "prefetch":  # what is fetched ahead itself has it, too
        return "prefetch"
    return "disk" if response.get("fromDiskCache") else None


def add_details(record: ExchangeRecord, response: Params) -> None:
    """Add what only the details panel shows: the connection's security, and who answered instead of the server."""
    if security := response.get("securityDetails"):
        wanted = ("protocol", "keyExchange", "cipher", "subjectName", "issuer", "validFrom", "validTo")
        record.details["security"] = {name: security[name] for name in wanted if name in security}
    for name in ("serviceWorkerResponseSource", "cacheStorageCacheName", "alternateProtocolUsage", "charset"):
        if response.get(name):
            record.details[name] = response[name]
