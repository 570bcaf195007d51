"""Reads lists of addresses: plain text, tables, sitemaps and Prometheus' targets for the blackbox_exporter. Pure."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

from core.errors import InvalidInput
from core.importers.import_data import ImportData
from core.importers.parsing import Row, each, entries, fields
from core.schemas.url import as_typed

LENGTH = re.compile(r"(\d+)([smhd])")
HOST = re.compile(r"[^\s:/]+(\.[^\s:/]|:\d+(/|$))|\[[0-9A-Fa-f:.]+\]|localhost(/|$)")
HOST_THEN_NAME = re.compile(r"((?:\w+://)?[^\s,;/?#]+)[,;]\s*(.*)")
ADDRESS_THEN_NAME = re.compile(r"(\S*?)[,;]?(?:\s+(.*))?")  # a comma within a path belongs to the address
NAME = re.compile(r"[^\W\d_][^/?=&#]*\Z")  # not the end of a path, such as 2.html
SEPARATORS = ",;\t"  # of a table; where a comma is the decimal sign, spreadsheets write semicolons
csv.field_size_limit(2**31 - 1)  # what is too long is refused later, by name; csv would raise an error of its own
SHOWN = 80  # characters of an invalid address that a message shows
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One address of a list."""

    number: int
    """The line's number, from 1."""
    address: str
    name: str = ""
    tags: list[str] = field(default_factory=list)


def read_urls(text: str) -> ImportData:
    """Read a list of addresses; see `lines_of` for the formats."""
    found = ImportData(source="a list of addresses")
    for line in lines_of(text.splitlines()):
        if not is_address(line.address):
            why = f"{line.address[:SHOWN]} is not an address." if line.address else "It has no address."
            found.leave(f"line {line.number}", why)
            continue
        entry = {"url": as_typed(line.address), "name": line.name or None, "tags": line.tags or None}
        found.add("websites", entry, place=f"line {line.number}")
    return found


def lines_of(lines: Sequence[str]) -> list[Line]:
    """Read one address per line, each optionally followed by a name; ``#`` begins a comment.

    If the first line names a column ``url``, the lines are a table with the columns ``url``, ``name`` and ``tags``.
    If every line is an address, a separator and a name, they are a table without a header.
    """
    tables = (_table(lines), *(_pairs(lines, separator) for separator in SEPARATORS), list(_lines(lines)))
    return next((table for table in tables if table), [])


def _lines(lines: Sequence[str]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        found = HOST_THEN_NAME.fullmatch(line.strip()) or ADDRESS_THEN_NAME.fullmatch(line.strip())
        if found and found[1] and not found[1].startswith("#"):
            yield Line(number=number, address=found[1], name=found[2] or "")


def _table(lines: Sequence[str]) -> list[Line]:
    """Return the rows of a table with a header, as spreadsheets write it; [] if *lines* are no such table."""
    if not lines or not is_header(lines[0]):
        return []
    separator, names = _columns(lines[0])
    rows = csv.reader(lines[1:], delimiter=separator)
    cells = [(rows.line_num + 1, dict(zip(names, row, strict=False))) for row in rows if any(row)]
    return [
        Line(
            number=number,
            address=cell.get("url", "").strip(),
            name=cell.get("name", "").strip(),
            tags=[tag.strip() for tag in re.split("[,;]", cell.get("tags", "")) if tag.strip()],
        )
        for number, cell in cells
    ]


def _pairs(lines: Sequence[str], separator: str) -> list[Line]:
    """Return the rows of a table of addresses and names; [] if any line differs, for instance by a comma in a path."""
    pairs: list[Line] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
        if len(cells) != len(("url", "name")) or not (is_address(cells[0]) and NAME.match(cells[1])):
            return []
        pairs.append(Line(number=number, address=cells[0], name=cells[1]))
    return pairs if len(pairs) > 1 else []


def is_header(line: str) -> bool:
    """Whether *line* is the header of a table with a column of addresses."""
    _separator, names = _columns(line)
    return "url" in names and len(names) > 1


def _columns(header: str) -> tuple[str, list[str]]:
    """Return the separator and the columns of *header*: those with a column of addresses, if there are such."""
    tables = [
        (sign, [cell.strip() for cell in next(csv.reader([header.lower()], delimiter=sign), [])]) for sign in SEPARATORS
    ]
    return next((table for table in tables if "url" in table[1]), tables[0])


def is_address(word: str) -> bool:
    """Whether *word* looks like an address: with a scheme, or a host with an optional port."""
    return "://" in word or HOST.match(word) is not None


def read_sitemap(content: bytes) -> ImportData:
    """Read the pages of a sitemap (https://www.sitemaps.org/protocol.html).

    Raises:
        InvalidInput: The content is not a sitemap.
    """
    if b"<!DOCTYPE" in content[:10_000] or b"<!ENTITY" in content:
        raise InvalidInput("It declares a document type, which a sitemap must not contain.")
    try:
        root = ET.fromstring(content)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise InvalidInput(f"It is not valid XML: {error}.") from error
    kind = _kind(root)
    if kind not in ("urlset", "sitemapindex"):
        raise InvalidInput(f"It is not a sitemap: it starts with <{kind}>, not with <urlset> or <sitemapindex>.")
    found = ImportData(source="a sitemap")
    # Pictures and videos of a page have a loc of their own, one level deeper.
    for url in (str(loc.text).strip() for page in root for loc in page if _kind(loc) == "loc" and loc.text):
        if kind == "sitemapindex":
            found.leave(url, "It is a separate sitemap. Import it too.")
        else:
            found.add("websites", {"url": url, "name": url.partition("://")[2].rstrip("/")[:255] or None})
    return found


def _kind(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def read_targets(content: Any) -> ImportData:
    """Read Prometheus' targets from a configuration with scrape jobs, or from a file of `file_sd_configs`.

    Raises:
        InvalidInput: The content is neither.
    """
    found = ImportData(source="Prometheus' targets")
    if isinstance(content, list):
        each("group", found, content, partial(_group, job="", usual={}, found=found))
        return found
    interval = fields(content.get("global"), "global").get("scrape_interval")
    jobs = entries(content.get("scrape_configs"), "scrape_configs")
    each("job", found, jobs, partial(_job, interval=interval, found=found))
    return found


def _job(job: Row, *, interval: object, found: ImportData) -> None:
    name = str(job.get("job_name"))
    module = fields(job.get("params"), "params").get("module")
    if not module and job.get("metrics_path") != "/probe":
        found.leave(f"job {name}", "It does not use blackbox_exporter.")
        return
    if job.get("file_sd_configs"):
        found.leave(f"job {name}", "Its targets are in separate files. Import those too.")
    usual = {"check_interval": _seconds(job.get("scrape_interval") or interval)}
    groups = entries(job.get("static_configs"), "static_configs")
    each(f"group of {name}:", found, groups, partial(_group, job=name, usual=usual, found=found))
    if module:
        words = module if isinstance(module, str) else ", ".join(map(str, module))
        found.leave(f"module {words}", "Its requests and expectations are in another file and are not imported.")


def _group(group: Row, *, job: str, usual: Row, found: ImportData) -> None:
    given = fields(group.get("labels"), "labels")
    labels = {key: str(value) for key, value in given.items() if not key.startswith("__")}
    for target in entries(group.get("targets"), "targets"):
        url = str(target) if "://" in str(target) else f"http://{target}"  # as blackbox_exporter does
        if not url.startswith(("http://", "https://")):
            found.leave(f"target {target}", "It is not a website.")
            continue
        tags = [f"{key}: {value}"[:64].replace(",", " ").lower() for key, value in labels.items()]
        name = labels.get("name") or labels.get("instance")
        found.add("websites", {"url": url, "name": name, "tags": [*([job.lower()[:64]] if job else []), *tags]} | usual)


def _seconds(text: object) -> int | None:
    parts = LENGTH.findall(str(text)) if text else []
    return min(max(sum(int(number) * SECONDS[unit] for number, unit in parts), 5), 86_400) if parts else None
