"""The list of websites on the overview."""

from dashboard.components.website_list.element import WebsiteList
from dashboard.components.website_list.row import website_row

__all__ = ["WebsiteList", "website_row"]
