"""By what an answer gives away who made it: a proxy, a CDN, a bot wall. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Headers that only a CDN or a proxy adds, and whose they are.
CDN_HEADERS = {
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "CloudFront",
    "x-served-by": "Fastly",
    "x-fastly-request-id": "Fastly",
    "x-azure-ref": "Azure Front Door",
    "x-akamai-request-id": "Akamai",
    "akamai-grn": "Akamai",
    "x-vercel-id": "Vercel",
    "x-nf-request-id": "Netlify",
    "fly-request-id": "Fly.io",
    "x-sucuri-id": "Sucuri",
    "x-iinfo": "Imperva",
    "x-varnish": "Varnish",
    "x-envoy-upstream-service-time": "Envoy",
}
# What a ``server`` header says that stands in front of the website's own server.
PROXY_SERVERS = re.compile(
    r"cloudflare|cloudfront|akamai|fastly|varnish|envoy|istio|haproxy|traefik|awselb|squid|bunnycdn|keycdn|vercel|"
    r"netlify|fly/|sucuri|imperva|azure|google frontend|\bgws\b|kong|apisix|ats/|trafficserver|nginx|openresty|tengine|"
    r"caddy|pingora",
    re.IGNORECASE,
)
# Those of them that serve websites of their own as often as they stand in front of others.
BOTH = re.compile(r"nginx|openresty|tengine|caddy", re.IGNORECASE)
PROXY_TEXT = re.compile(
    r"<center>(nginx|openresty|cloudflare)|upstream|bad gateway|gateway time-?out|no server is available|"
    r"varnish cache server|guru meditation|error from cloudfront|cloudflare ray id|no healthy upstream",
    re.IGNORECASE,
)
WALL_HEADERS = ("cf-mitigated", "x-datadome", "x-amzn-waf-action", "x-sucuri-block", "x-px-block")
WALL_TEXT = re.compile(
    r"captcha|are you (a )?(human|robot)|verify (that )?you are (a )?human|checking your browser|just a moment\.\.\.|"
    r"attention required!|pardon our interruption|bot detect|automated (access|requests|queries)|unusual traffic|"
    r"cf-challenge|challenge-platform|request blocked|you have been blocked|security check",
    re.IGNORECASE,
)
QUOTA_TEXT = re.compile(
    r"quota|rate[ -]?limit|too many requests|limit (has been |was )?(exceeded|reached)|throttl", re.IGNORECASE
)
QUOTA_HEADERS = ("retry-after", "x-ratelimit-remaining", "ratelimit-remaining", "ratelimit", "x-rate-limit-remaining")
TELLING = frozenset(
    {
        *CDN_HEADERS,
        *WALL_HEADERS,
        *QUOTA_HEADERS,
        *("server", "via", "x-cache", "cf-cache-status", "content-type", "content-length", "location", "age", "date"),
        *("x-powered-by", "www-authenticate", "x-amz-cf-pop", "server-timing", "x-envoy-decorator-operation"),
    }
)
"""The headers that a look keeps: none of them holds a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who made an error answer."""

    is_proxy: bool
    is_sure: bool
    name: str | None
    """Of the proxy or server, where it gives it away."""
    marks: tuple[str, ...]
    """What gave it away, such as ``server: cloudflare``."""


def speaker(status: int, headers: Mapping[str, str], text: str, good_server: str | None) -> Speaker:
    """Who said *status*, a 5xx, by RFC 9110 and by what proxies add.

    Args:
        text: How the body begins.
        good_server: The ``server`` header while the website was good.
    """
    server = headers.get("server", "")
    cdn = next((name for header, name in CDN_HEADERS.items() if header in headers), None)
    marks = tuple(
        f"{header}: {headers[header][:60]}"
        for header in ("server", "via", *CDN_HEADERS, "x-cache")
        if headers.get(header)
    )
    has_proxy_text = PROXY_TEXT.search(text) is not None
    is_front = bool(cdn or headers.get("via") or (PROXY_SERVERS.search(server) and not BOTH.search(server)))
    name = cdn or server or (headers.get("via") and "A proxy") or None
    if 520 <= status <= 530:
        return Speaker(is_proxy=True, is_sure=True, name=cdn or "Cloudflare", marks=marks)
    if status in (502, 504):  # RFC 9110, 15.6.3 and 15.6.5: only a gateway or proxy may say so
        is_sure = bool(is_front or has_proxy_text or PROXY_SERVERS.search(server))
        return Speaker(is_proxy=True, is_sure=is_sure, name=name, marks=marks)
    is_other = good_server is not None and server != good_server and PROXY_SERVERS.search(server) is not None
    if has_proxy_text or is_other or "error from cloudfront" in headers.get("x-cache", "").lower():
        return Speaker(is_proxy=True, is_sure=is_front or is_other, name=name, marks=marks)
    if status == 503 and is_front:
        return Speaker(is_proxy=True, is_sure=False, name=name, marks=marks)
    return Speaker(is_proxy=False, is_sure=not is_front, name=None if is_front else server or None, marks=marks)


def is_wall(headers: Mapping[str, str], text: str) -> str | None:
    """What shows that a bot wall answered; None where nothing does."""
    header = next((name for name in WALL_HEADERS if name in headers), None)
    if header is not None:
        return f"the header {header}: {headers[header][:60]}"
    found = WALL_TEXT.search(text)
    return f"the words “{found.group()}” in its text" if found else None


def is_quota(headers: Mapping[str, str], text: str) -> str | None:
    """What shows that a limit is used up; None where nothing does."""
    header = next((name for name in QUOTA_HEADERS if name in headers), None)
    if header is not None:
        return f"the header {header}: {headers[header][:60]}"
    found = QUOTA_TEXT.search(text)
    return f"the words “{found.group()}” in its text" if found else None
