"""Converts status pages of Uptime Kuma to ours. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from core.importers.import_data import ImportData
from core.importers.parsing import Row, each
from core.schemas.status_page import DOMAIN, MAX_WEBSITES

MAX_CHARACTERS = 2_000  # characters of a description
ITS_OWN_ICON = "/icon.svg"  # Uptime Kuma's default


def read_pages(rows: Callable[[str], list[Row]], holds: Mapping[int, list[str]], found: ImportData) -> None:
    """Add the public parts of each status page to *found*; *holds* has the URLs for each monitor or group."""
    pages = rows("status_page")
    if not pages:  # versions before 1.13 have one page, and groups without a reference to it
        return
    groups, domains = (
        _grouped_by(rows("group"), "status_page_id"),
        _grouped_by(rows("status_page_cname"), "status_page_id"),
    )
    holders = _grouped_by(rows("monitor_group"), "group_id")

    def read(row: Row) -> None:
        title, names = str(row["title"]), [str(entry["domain"]).lower() for entry in domains[row["id"]]]
        usable = [name for name in names if DOMAIN.fullmatch(name)]
        public = [group for group in groups[row["id"]] if group.get("public") and group.get("active", True)]
        shown = [
            {"name": str(group["name"]), "websites": _urls(holders[group["id"]], holds)} for group in _in_order(public)
        ]
        for domain in [name for name in names if name not in usable[:1]]:
            found.leave(
                f"domain {domain} of status page {title}", "A status page has one domain. Create another page for it."
            )
        if row.get("custom_css") or row.get("footer_text") or (row.get("icon") or ITS_OWN_ICON) != ITS_OWN_ICON:
            found.leave(f"design of status page {title}", "Logo, footer and CSS are not imported. Choose a logo again.")
        if sum(len(group["websites"]) for group in shown) > MAX_WEBSITES:
            found.leave(f"status page {title}", f"A page shows at most {MAX_WEBSITES} websites. Create several pages.")
            return
        page = {
            "slug": str(row["slug"]),
            "title": title,
            "description": str(row.get("description") or "")[:MAX_CHARACTERS] or None,
            "domain": next(iter(usable), None),
            "is_published": bool(row.get("published", True)),
        }
        found.add("status_pages", page | {"groups": shown})

    each("status page", found, pages, read)


def _grouped_by(rows: Iterable[Row], name: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.get("weight") or 0, row["id"]))


def _urls(pairs: Iterable[Row], holds: Mapping[int, list[str]]) -> list[str]:
    return [url for pair in _in_order(pairs) for url in holds.get(pair["monitor_id"], ())]
