"""The overview's list of websites."""

from dashboard.components.website_list.element import BulkAction, EncodedBuckets, WebsiteList, preload
from dashboard.components.website_list.row import (
    BEATS,
    LETTERS,
    SPARKS,
    Beat,
    Row,
    Wire,
    bucket_letter,
    run_lengths,
    share,
)

__all__ = [
    "BEATS",
    "LETTERS",
    "SPARKS",
    "Beat",
    "BulkAction",
    "EncodedBuckets",
    "Row",
    "WebsiteList",
    "Wire",
    "bucket_letter",
    "preload",
    "run_lengths",
    "share",
]
