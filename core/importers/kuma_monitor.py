"""Converts monitors of Uptime Kuma to websites; database and backup name the same fields differently. Pure."""

import json
import re
from collections.abc import Iterable

from core.importers.import_data import ImportData
from core.importers.parsing import Row, each, json_path, remind_every, url_key

WEB = ("http", "keyword", "json-query", "real-browser")
FAMILIES = {"ipv4": "4", "ipv6": "6"}
PLAIN_NUMBER = re.compile(r"(?!-0$)-?(0|[1-9]\d{0,8})(\.\d{0,5}[1-9])?")  # JavaScript prints such numbers unchanged
SIMPLE_PATH = re.compile(r"\$?\.?[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*|\[\d+\])*")  # valid in JSONata and in RFC 9535


def read_monitors(
    rows: Iterable[Row], tags: dict[int, list[str]], proxies: dict[int, Row], found: ImportData
) -> dict[int, str]:
    """Add the monitors of websites to *found*; returns the websites' URLs by the monitors' ids.

    Only the first monitor of a website is added. Notifications and the like of the others refer to the same URL.
    """
    monitors = list(rows)
    groups = groups_of(monitors)
    urls: dict[int, str] = {}
    firsts: dict[str, str] = {}

    def read(row: Row) -> None:
        url = str(row.get("url") or "")
        key = url_key(url) or url
        reason = _unsupported_reason(row)
        if reason is None and key in firsts:
            urls[row["id"]] = firsts[key]
            reason = f"Another monitor already checks {url}. They become one website, with the notifications of both."
        if reason:
            found.leave(f"monitor {row.get('name') or url}", reason)
            return
        line = chain(row, groups)
        words = [*tags.get(row["id"], []), *(str(group["name"]) for group in line[1:])]
        website = _website(row, url, words, proxies, found)
        # A paused group is marked itself, not its members.
        is_active = all(monitor.get("active", True) for monitor in line)
        found.add("websites", website | {"is_active": is_active})
        urls[row["id"]] = firsts[key] = url

    each("monitor", found, [row for row in monitors if row.get("type") != "group"], read)
    return urls


def remind_seconds(row: Row) -> int:
    """Return the interval of reminders, 0 for never; Uptime Kuma counts failed checks, one per check interval."""
    checks = row.get("resend_interval") or row.get("resendInterval") or 0
    return remind_every(checks * _interval(row)) if isinstance(checks, int) else 0


def groups_of(monitors: Iterable[Row]) -> dict[int, Row]:
    """Return the groups among *monitors*, by id."""
    return {row["id"]: row for row in monitors if row.get("type") == "group"}


def chain(row: Row, groups: dict[int, Row]) -> list[Row]:
    """Return the monitor in *row*, its group, the group's group and so on."""
    line = [row]
    while (group := groups.get(line[-1].get("parent") or 0)) and group not in line:
        line.append(group)
    return line


def _unsupported_reason(row: Row) -> str | None:
    """Return why the monitor in *row* cannot become a website; None if it can."""
    if row.get("type") not in WEB:
        return f"Its type is {row.get('type')}. Watchwright only monitors websites."
    if row.get("upside_down") or row.get("upsideDown"):
        return "It is upside down. Watchwright cannot treat a working website as a failure."
    return None


def _website(row: Row, url: str, tags: list[str], proxies: dict[int, Row], found: ImportData) -> Row:
    name = str(row.get("name") or url)
    interval = _interval(row)
    timeout = int(row.get("timeout") or 0) or min(interval, 48)
    return {
        "url": url,
        "name": name,
        "description": row.get("description") or None,
        "check_interval": interval,
        "timeout": max(min(timeout, interval), 1),
        "tags": sorted({tag.replace(",", " ").strip().lower()[:64] for tag in tags if tag.strip()}),
        "check_options": _options(row, name, proxies, found) or None,
    }


def _interval(row: Row) -> int:
    return min(max(int(row.get("interval") or 60), 5), 86_400)


def _options(row: Row, name: str, proxies: dict[int, Row], found: ImportData) -> Row:
    options: Row = {
        "method": row.get("method") if row.get("method") not in (None, "", "GET") else None,
        "headers": _headers(row, name, found),
        "body": row.get("body") or None,
        "max_redirects": row.get("maxredirects"),
        "accepted_statuses": _statuses(row),
        "verify_tls": False if row.get("ignore_tls") or row.get("ignoreTls") else None,
        "proxy": _proxy(row, name, proxies, found),
        "ip_version": FAMILIES.get(str(row.get("ip_family") or row.get("ipFamily"))),
    }
    if row.get("max_redirects") == 0 or options["max_redirects"] == 0:
        options |= {"follow_redirects": False, "max_redirects": None}
    options |= _account(row, name, found) | _expectations(row, name, found)
    return {key: value for key, value in options.items() if value not in (None, {}, [])}


def _headers(row: Row, name: str, found: ImportData) -> Row:
    headers: Row = {}
    if row.get("headers"):
        try:
            headers = {str(key): str(value) for key, value in json.loads(row["headers"]).items()}
        except (ValueError, AttributeError):
            found.leave(f"headers of {name}", "They are not a JSON object.")
    if row.get("body") and "content-type" not in {key.lower() for key in headers}:
        encoding = row.get("http_body_encoding") or row.get("httpBodyEncoding") or "json"
        kinds = {"xml": "text/xml; charset=utf-8", "form": "application/x-www-form-urlencoded"}
        headers["Content-Type"] = kinds.get(str(encoding), "application/json")
    return headers


def _statuses(row: Row) -> str | None:
    given = row.get("accepted_statuscodes")
    if given is None and row.get("accepted_statuscodes_json"):
        given = json.loads(row["accepted_statuscodes_json"])
    return ",".join(str(code) for code in given) if given else "200-299"


def _account(row: Row, name: str, found: ImportData) -> Row:
    method = row.get("auth_method") or row.get("authMethod")
    if method in ("ntlm", "oauth2-cc", "mtls"):
        found.leave(f"login of {name}", f"Checks do not support {method}. The other settings are imported.")
        return {}
    if row.get("basic_auth_user") and "Authorization" not in str(row.get("headers")):
        return {"basic_auth": {"username": row["basic_auth_user"], "password": row.get("basic_auth_pass") or ""}}
    return {}


def _expectations(row: Row, name: str, found: ImportData) -> Row:
    kind = row.get("type")
    if kind == "keyword" and row.get("keyword"):
        is_inverted = row.get("invert_keyword") or row.get("invertKeyword")
        return {"body_excludes" if is_inverted else "body_contains": row["keyword"]}
    if kind == "json-query":
        path = str(row.get("json_path") or row.get("jsonPath") or "")
        expected = str(row.get("expected_value") or row.get("expectedValue") or "")
        operator = row.get("json_path_operator") or row.get("jsonPathOperator") or "=="
        if operator == "==" and SIMPLE_PATH.fullmatch(path):
            wanted = _scalar(expected)
            if not isinstance(wanted, str):
                words = f"{path} must be {json.dumps(wanted)}, while Uptime Kuma also accepts it as a string"
                found.leave(f"expectation of {name}", f"{words}. Put the value into quotes if the response does.")
            return {"json_equals": [{"path": json_path(path), "equals": wanted}]}
        found.leave(f"expectation of {name}", f"{path} {operator} {expected} is JSONata. Rewrite it as a JSONPath.")
    if kind == "real-browser":
        found.leave(f"browser of {name}", "Checks run without a browser. Debug sessions use one.")
    return {}


def _scalar(text: str) -> object:
    """Return the JSON value that Uptime Kuma considers equal to *text*: it compares texts, and refuses null.

    For instance, it prints JSON's 1.0 as "1", so that only the string "1.0" equals "1.0".
    """
    if text in ("true", "false"):
        return text == "true"
    if not PLAIN_NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _proxy(row: Row, name: str, proxies: dict[int, Row], found: ImportData) -> str | None:
    proxy = proxies.get(row.get("proxy_id") or row.get("proxyId") or 0)
    if proxy is None:
        return None
    scheme = {"socks": "socks5", "socks4": "", "https": "https", "http": "http"}.get(
        str(proxy["protocol"]), str(proxy["protocol"])
    )
    if not scheme:
        found.leave(f"proxy of {name}", "It is SOCKS4. Checks support HTTP and SOCKS5 proxies.")
        return None
    account = f"{proxy['username']}:{proxy['password']}@" if proxy.get("auth") else ""
    return f"{scheme}://{account}{proxy['host']}:{proxy['port']}"
