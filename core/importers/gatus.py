"""Gatus: its YAML, as far as its endpoints are websites. Pure."""

import re
from collections.abc import Callable
from functools import partial

from core.errors import InvalidInput
from core.importers.found import Found
from core.importers.shape import MISFORMED, Row, each, entries, fields

LENGTH = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600}
CONDITION = re.compile(r"\s*(\[[A-Z_]+\][^\s]*|len\(.*\)|has\(.*\))\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*")
PATTERN = re.compile(r"pat\(\*(?P<text>[^*?\[]*)\*\)")
ANY = re.compile(r"any\((?P<values>.*)\)")
DAYS = {day: day[:2].upper() for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}


def read_gatus(content: Row) -> Found:
    """What a configuration of Gatus holds.

    Raises:
        InvalidInput: It is not written as one.
    """
    found = Found(source="Gatus' configuration")
    alerting = fields(content.get("alerting"), "alerting")
    channels = {kind for kind, given in alerting.items() if _channel(kind, given or {}, found)}
    endpoints = entries(content.get("endpoints") or content.get("services"), "endpoints")
    each("endpoint", found, endpoints, partial(_endpoint, channels=channels, found=found))
    if plan := content.get("maintenance"):
        each("maintenance", found, [plan], partial(_plan, found=found))
    for section in ("external-endpoints", "suites", "remote", "security", "tunneling"):
        if content.get(section):
            found.leave(section, "Nothing here is like it.")
    return found


def _endpoint(given: Row, *, channels: set[str], found: Found) -> None:
    name, url = str(given.get("name") or given.get("url")), str(given.get("url"))
    if not url.startswith(("http://", "https://")) or given.get("dns") or given.get("ssh"):
        found.leave(f"endpoint {name}", f"{url} is no website.")
        return
    client = fields(given.get("client"), "client")
    interval = min(max(round(_seconds(given.get("interval"), 60)), 5), 86_400)
    options: Row = {
        "method": given["method"] if given.get("method") not in (None, "", "GET") else None,
        "headers": {str(key): str(value) for key, value in fields(given.get("headers"), "headers").items()},
        "body": given.get("body") or None,
        "verify_tls": False if client.get("insecure") else None,
        "follow_redirects": False if client.get("ignore-redirect") else None,
        "proxy": client.get("proxy-url") or None,
    }
    for condition in entries(given.get("conditions"), "conditions"):
        options |= _condition(name, str(condition), options, found)
    if given.get("graphql"):
        found.leave(f"GraphQL of {name}", "Its body is sent as it stands, not wrapped as a query.")
    found.add(
        "websites",
        {
            "url": url,
            "name": name,
            "check_interval": interval,
            "timeout": min(max(round(_seconds(client.get("timeout"), 10)), 1), interval),
            "is_active": given.get("enabled", True),
            "tags": [str(given["group"]).replace(",", " ").lower()[:64]] if given.get("group") else [],
            "check_options": {key: value for key, value in options.items() if value not in (None, {}, [])} or None,
        },
    )
    alerts = entries(given.get("alerts"), "alerts")
    each(f"alert of {name}:", found, alerts, partial(_rule, name, url, channels=channels, found=found))


def _condition(name: str, condition: str, options: Row, found: Found) -> Row:
    parts = CONDITION.fullmatch(condition)
    try:
        told = _told(parts[1], parts[2], parts[3], options) if parts else None
    except ValueError:  # a number that is none
        told = None
    if told is None:
        found.leave(f"condition of {name}", f"{condition} is not translated.")
    return told or {}


def _told(what: str, sign: str, value: str, options: Row) -> Row | None:
    if what == "[STATUS]":
        return _status(sign, value)
    if what == "[CONNECTED]":
        return {}  # a website that cannot be connected to is down in any case
    if what == "[RESPONSE_TIME]" and sign in ("<", "<="):
        return {"max_response_ms": float(value)}
    if what == "[CERTIFICATE_EXPIRATION]" and sign in (">", ">="):
        return {"min_certificate_days": round(_seconds(value, 0) / 86_400)}
    if what == "[BODY]" and sign in ("==", "!="):
        if found := PATTERN.fullmatch(value):
            return {"body_contains" if sign == "==" else "body_excludes": found["text"]}
        return {"body_matches": f"^{re.escape(value)}$"} if sign == "==" and "(" not in value else None
    if what.startswith("[BODY].") and sign == "==" and "(" not in value:
        known = options.get("json_equals", [])
        return {"json_equals": [*known, {"path": f"${what.removeprefix('[BODY]')}", "equals": _scalar(value)}]}
    return None


def _status(sign: str, value: str) -> Row | None:
    if sign == "==":
        inside = ANY.fullmatch(value)
        return {
            "accepted_statuses": ",".join(part.strip() for part in (inside["values"] if inside else value).split(","))
        }
    code = int(value)
    first, last = {"<": (100, code - 1), "<=": (100, code), ">": (code + 1, 599), ">=": (code, 599)}.get(sign, (0, 0))
    return {"accepted_statuses": f"{first}-{last}"} if first else None


def _rule(name: str, url: str, alert: Row, *, channels: set[str], found: Found) -> None:
    kind = str(alert.get("type"))
    if kind not in channels:
        found.leave(f"alert of {name}", f"Its channel {kind} is not carried over.")
        return
    if alert.get("enabled", True):
        events = ["DOWN", "UP"] if alert.get("send-on-resolved") else ["DOWN"]
        found.add("rules", {"name": f"{kind}: {name}"[:255], "channel": kind, "website": url, "events": events})


def _channel(kind: str, given: Row, found: Found) -> bool:
    make = MAKE.get(kind)
    try:
        entry = make(given) if make else None
    except MISFORMED:
        entry = None
    if entry is None:
        found.leave(f"alerting {kind}", "It is not translated; add a channel by its Apprise URL.")
        return False
    found.add("channels", {"name": kind} | entry)
    return True


def _plan(given: Row, *, found: Found) -> None:
    every = [_day(str(day)) for day in entries(given.get("every"), "every")]
    if given.get("enabled", True) and given.get("start") is not None:
        found.add(
            "maintenance",
            {
                "name": "Maintenance of Gatus",
                "starts_at": f"2020-01-01T{given['start']}:00Z",
                "duration_seconds": round(_seconds(given.get("duration"), 3_600)),
                "recurrence": f"FREQ=WEEKLY;BYDAY={','.join(every)}" if every else "FREQ=DAILY",
            },
        )
        if given.get("timezone") not in (None, "UTC"):
            found.leave("time zone of the maintenance", f"It starts by UTC's clocks, not those of {given['timezone']}.")


def _day(name: str) -> str:
    if name.lower() not in DAYS:
        raise InvalidInput(f"{name} is no day of the week.")
    return DAYS[name.lower()]


def _seconds(text: object, usual: float) -> float:
    parts = LENGTH.findall(str(text)) if text else []
    return sum(float(number) * SECONDS[unit] for number, unit in parts) if parts else usual


def _scalar(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return text.strip('"')


def _apprise(url: str) -> Row:
    return {"kind": "APPRISE", "address": {"url": url}}


def _mail(given: Row) -> Row:
    address = {
        "host": given["host"],
        "port": int(given.get("port") or 587),
        "username": given.get("username"),
        "password": given.get("password"),
        "sender": given["from"],
        "recipients": [part.strip() for part in str(given["to"]).split(",")],
    }
    return {"kind": "EMAIL", "address": {key: value for key, value in address.items() if value is not None}}


def _host(url: str) -> str:
    return url.partition("://")[2].rstrip("/")


MAKE: dict[str, Callable[[Row], Row]] = {
    "discord": lambda given: _apprise(given["webhook-url"]),
    "slack": lambda given: _apprise(given["webhook-url"]),
    "teams": lambda given: _apprise(given["webhook-url"]),
    "telegram": lambda given: _apprise(f"tgram://{given['token']}/{given['id']}"),
    "pushover": lambda given: _apprise(f"pover://{given['user-key']}@{given['application-token']}"),
    "ntfy": lambda given: _apprise(f"ntfys://{_host(given.get('url') or 'https://ntfy.sh')}/{given['topic']}"),
    "gotify": lambda given: _apprise(f"gotifys://{_host(given['server-url'])}/{given['token']}"),
    "email": _mail,
}
