"""Reads the common fields of selected websites, in words."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.phrases import counted, listed
from core.services import WebsiteCRUD

MAX_NAMED = 3  # values per field


def load(db: Session, website_ids: Sequence[int]) -> dict[str, str]:
    """Return a sentence for each field that bulk editing offers: its current values, and on how many websites."""
    websites = WebsiteCRUD.get_by_ids(db, website_ids)
    values = {
        "check_interval": Counter(f"{website.check_interval} s" for website in websites),
        "timeout": Counter(f"{website.timeout} s" for website in websites),
        "auto_debug": Counter("no" if website.auto_debug is False else "yes" for website in websites),
    }
    return {name: _now(counts) for name, counts in values.items()}


def _now(counts: Counter[str]) -> str:
    if len(counts) == 1:
        return f"Now {next(iter(counts))}."
    texts = [f"{value} ({counted(number, 'website')})" for value, number in counts.most_common(MAX_NAMED)]
    others = sum(counts.values()) - sum(number for _value, number in counts.most_common(MAX_NAMED))
    return f"Now {listed([*texts, *([f'others ({others})'] if others else [])])}."
