"""Loads the HTML templates of sign-in, status pages, reports and mails."""

from jinja2 import Environment, PackageLoader

templates = Environment(loader=PackageLoader("dashboard"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
