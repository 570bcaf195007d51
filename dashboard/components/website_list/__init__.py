"""The list of websites on the overview."""

from dashboard.components.website_list.element import WebsiteList
from dashboard.components.website_list.row import BEATS, LETTERS, Beat, Row, Wire, share

__all__ = ["BEATS", "LETTERS", "Beat", "Row", "WebsiteList", "Wire", "share"]
