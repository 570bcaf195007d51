"""Lists of addresses: one a line, a sitemap, or Prometheus' targets for the blackbox_exporter. Pure."""

import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from core.errors import InvalidInput
from core.importers.found import Found

Row = dict[str, Any]
LENGTH = re.compile(r"(\d+)([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_urls(text: str) -> Found:
    """Addresses one a line, each with a name after it if one is wanted; ``#`` begins a comment."""
    found = Found(source="a list of addresses")
    for line in text.splitlines():
        address, _blank, name = line.strip().partition(" ")
        if not address or address.startswith("#"):
            continue
        url = address if "://" in address else f"https://{address}"
        found.add("websites", {"url": url, "name": name.strip() or None})
    return found


def read_sitemap(content: bytes) -> Found:
    """The pages of a sitemap (https://www.sitemaps.org/protocol.html).

    Raises:
        InvalidInput: It is no sitemap.
    """
    if b"<!DOCTYPE" in content[:10_000] or b"<!ENTITY" in content:
        raise InvalidInput("The sitemap declares a document type, which none needs; it is not read.")
    try:
        root = ET.fromstring(content)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise InvalidInput(f"The sitemap is no XML: {error}.") from error
    found = Found(source="a sitemap")
    for element in root.iter():
        if element.tag.rpartition("}")[2] != "loc" or not (element.text or "").strip():
            continue
        url = str(element.text).strip()
        if root.tag.endswith("sitemapindex"):
            found.leave(url, "It is a sitemap of its own; import it too.")
            continue
        parts = urlsplit(url)
        found.add("websites", {"url": url, "name": f"{parts.hostname}{parts.path.rstrip('/')}"[:255]})
    return found


def read_targets(content: Any) -> Found:
    """Targets of Prometheus: a whole configuration with its scrape jobs, or a file of `file_sd_configs`."""
    found = Found(source="Prometheus' targets")
    if isinstance(content, list):
        _groups(content, "", {}, found)
        return found
    usual = (content.get("global") or {}).get("scrape_interval")
    for job in content.get("scrape_configs") or []:
        name = str(job.get("job_name"))
        module = (job.get("params") or {}).get("module")
        if not module and job.get("metrics_path") != "/probe":
            found.leave(f"job {name}", "It asks no blackbox_exporter.")
            continue
        if job.get("file_sd_configs"):
            found.leave(f"job {name}", "Its targets are in files of their own; import those too.")
        told = _seconds(job.get("scrape_interval") or usual)
        _groups(job.get("static_configs") or [], name, {"check_interval": told}, found)
        if module:
            found.leave(f"module {', '.join(map(str, module))}", "What it asks and expects is in another file.")
    return found


def _groups(groups: list[Row], job: str, usual: Row, found: Found) -> None:
    for group in groups:
        labels = {key: str(value) for key, value in (group.get("labels") or {}).items() if not key.startswith("__")}
        for target in group.get("targets") or []:
            url = str(target) if "://" in str(target) else f"http://{target}"  # as blackbox_exporter takes it
            if not url.startswith(("http://", "https://")):
                found.leave(f"target {target}", "It is no website.")
                continue
            tags = [f"{key}: {value}"[:64].replace(",", " ").lower() for key, value in labels.items()]
            name = labels.get("name") or labels.get("instance")
            found.add(
                "websites", {"url": url, "name": name, "tags": [*([job.lower()[:64]] if job else []), *tags]} | usual
            )


def _seconds(text: object) -> int | None:
    parts = LENGTH.findall(str(text)) if text else []
    return min(max(sum(int(number) * SECONDS[unit] for number, unit in parts), 5), 86_400) if parts else None
