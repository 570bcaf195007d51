"""Reads the websites among the endpoints of a Gatus configuration, with their alerts and maintenance. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import InvalidInput
from core.importers.gatus_conditions import read_conditions
from core.importers.gatus_values import seconds, with_variables
from core.importers.import_data import ImportData
from core.importers.parsing import MISFORMED, Row, each, entries, fields, remind_every

DAYS = {day: day[:2].upper() for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}

IMPLICIT_TLS = 465  # the port of mail servers where TLS is used from the start (RFC 8314)
CLIENT = {"insecure", "ignore-redirect", "timeout", "proxy-url"}


def read_gatus(content: Row, environment: Mapping[str, str]) -> ImportData:
    """Read a configuration of Gatus; ``${NAME}`` stands for a variable of *environment*.

    Raises:
        InvalidInput: The content is not a configuration of Gatus.
    """
    found, missing = ImportData(source="Gatus' configuration"), set[str]()
    content = with_variables(content, environment, missing)
    for name in sorted(missing):
        found.leave(f"variable {name}", "This environment variable is not set. Text that refers to it stays unchanged.")
    alerting = fields(content.get("alerting"), "alerting")
    channels = {kind: _usual_alert(given) for kind, given in alerting.items() if _channel(kind, given or {}, found)}
    endpoints = entries(content.get("endpoints") or content.get("services"), "endpoints")
    each("endpoint", found, endpoints, partial(_endpoint, channels=channels, found=found))
    found.sections["rules"] = _merged_rules(found)
    if plan := content.get("maintenance"):
        each("maintenance", found, [plan], partial(_maintenance, "Maintenance of Gatus", None, found=found))
    for section in ("external-endpoints", "suites", "remote", "security", "tunneling"):
        if content.get(section):
            found.leave(section, "Watchwright has no equivalent.")
    return found


def _endpoint(given: Row, *, channels: Mapping[str, Row], found: ImportData) -> None:
    name, url = str(given.get("name") or given.get("url")), str(given.get("url"))
    if not url.startswith(("http://", "https://")) or given.get("dns") or given.get("ssh"):
        found.leave(f"endpoint {name}", f"{url} is not a website.")
        return
    client = fields(given.get("client"), "client")
    interval = min(max(round(seconds(given.get("interval"), 60)), 5), 86_400)
    options: Row = {
        "method": str(given.get("method") or "GET").upper(),
        "headers": {str(key): str(value) for key, value in fields(given.get("headers"), "headers").items()},
        "body": given.get("body") or None,
        "verify_tls": False if client.get("insecure") else None,
        "follow_redirects": False if client.get("ignore-redirect") else None,
        "proxy": client.get("proxy-url") or None,
    }
    options |= read_conditions(name, map(str, entries(given.get("conditions"), "conditions")), found)
    if more := sorted(client.keys() - CLIENT):
        found.leave(f"client of {name}", f"Watchwright has no equivalent of its {', '.join(more)}.")
    if given.get("graphql"):
        found.leave(f"GraphQL of {name}", "Its body is sent unchanged, not wrapped as a query.")
    found.add(
        "websites",
        {
            "url": url,
            "name": name,
            "check_interval": interval,
            "timeout": min(max(round(seconds(client.get("timeout"), 10)), 1), interval),
            "is_active": given.get("enabled", True),
            "tags": [str(given["group"]).replace(",", " ").lower()[:64]] if given.get("group") else [],
            "check_options": {key: value for key, value in options.items() if value not in (None, {}, [], "GET")}
            or None,
        },
    )
    alerts = entries(given.get("alerts"), "alerts")
    each(f"alert of {name}:", found, alerts, partial(_rule, name, url, channels=channels, found=found))
    plans = entries(given.get("maintenance-windows"), "maintenance-windows")
    each(
        f"maintenance of {name}:", found, plans, partial(_maintenance, f"Maintenance of {name}"[:255], url, found=found)
    )


def _rule(name: str, url: str, given: Row, *, channels: Mapping[str, Row], found: ImportData) -> None:
    kind = str(given.get("type"))
    if kind not in channels:
        found.leave(f"alert of {name}", f"Its channel {kind} is not imported.")
        return
    alert = {**channels[kind], **given}
    if given.get("provider-override"):
        found.leave(f"alert of {name}", f"It overrides its channel {kind}. Add a separate channel.")
    if alert.get("enabled", True):
        events = ["DOWN", "UP"] if alert.get("send-on-resolved") else ["DOWN"]
        remind = seconds(alert.get("minimum-reminder-interval"), 0)
        rule = {"name": kind, "channel": kind, "websites": [url], "events": events}
        found.add("rules", rule | {"remind_seconds": remind_every(remind)})


def _merged_rules(found: ImportData) -> list[Row]:
    """Merge the rules of the endpoints that are alike; a rule of all endpoints becomes one for all websites."""
    urls = {section["url"] for section in found.sections["websites"]}
    alike: dict[str, tuple[Row, dict[str, None]]] = {}
    for rule in found.sections["rules"]:
        key = repr({name: value for name, value in rule.items() if name != "websites"})
        alike.setdefault(key, (rule, {}))[1].update(dict.fromkeys(rule["websites"]))
    return [
        {name: value for name, value in rule.items() if name != "websites"} | {"name": f"{rule['name']}: all"}
        if concerned.keys() == urls
        else rule | {"websites": list(concerned)}
        for rule, concerned in alike.values()
    ]


def _usual_alert(given: object) -> Row:
    """Return the defaults for the alerts of a channel."""
    usual = given.get("default-alert") if isinstance(given, dict) else None
    return usual if isinstance(usual, dict) else {}


def _channel(kind: str, given: Row, found: ImportData) -> bool:
    make = MAKE.get(kind)
    try:
        entry = make(given) if make else None
    except MISFORMED:
        entry = None
    if entry is None:
        found.leave(f"alerting {kind}", "It cannot be converted. Add a channel with its Apprise URL.")
        return False
    found.add("channels", {"name": kind} | entry)
    if given.get("overrides"):
        found.leave(f"overrides of {kind}", "Its groups have separate addresses. Add a channel for each.")
    return True


def _maintenance(name: str, url: str | None, given: Row, *, found: ImportData) -> None:
    every = [_day(str(day)) for day in entries(given.get("every"), "every")]
    if not given.get("enabled", True) or given.get("start") is None:
        return
    zone = str(given.get("timezone") or "UTC")
    try:
        begins = time.fromisoformat(str(given["start"])).replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(f"It starts at {given['start']} in {zone}: the time or the time zone is invalid.") from error
    found.add(
        "maintenance",
        {
            "name": name,
            "website": url,
            "starts_at": datetime.combine(date(2020, 1, 1), begins).astimezone(UTC).isoformat(),
            "duration_seconds": round(seconds(given.get("duration"), 3_600)),
            "recurrence": f"FREQ=WEEKLY;BYDAY={','.join(every)}" if every else "FREQ=DAILY",
            "timezone": zone,
        },
    )


def _day(name: str) -> str:
    if name.lower() not in DAYS:
        raise InvalidInput(f"{name} is not a day of the week.")
    return DAYS[name.lower()]


def _apprise(url: str) -> Row:
    return {"kind": "APPRISE", "address": {"url": url}}


def _mail(given: Row) -> Row:
    port, password = int(given.get("port") or 587), given.get("password")
    address = {
        "host": given["host"],
        "port": port,
        "security": "tls" if port == IMPLICIT_TLS else "starttls",
        "username": (given.get("username") or given["from"]) if password else None,
        "password": password,
        "sender": given["from"],
        "recipients": [part.strip() for part in str(given["to"]).split(",")],
    }
    return {"kind": "EMAIL", "address": {key: value for key, value in address.items() if value is not None}}


def _ntfy(given: Row) -> Row:
    scheme, host = _server(given.get("url") or "https://ntfy.sh")
    token = f"{given['token']}@" if given.get("token") else ""
    return _apprise(f"ntfy{scheme}://{token}{host}/{given['topic']}")


def _gotify(given: Row) -> Row:
    scheme, host = _server(given["server-url"])
    return _apprise(f"gotify{scheme}://{host}/{given['token']}")


def _server(url: str) -> tuple[str, str]:
    """Return the suffix of Apprise's scheme for *url*, and its host with its path."""
    scheme, _sign, host = url.partition("://")
    return "" if scheme == "http" else "s", host.rstrip("/")


MAKE: dict[str, Callable[[Row], Row]] = {
    "discord": lambda given: _apprise(given["webhook-url"]),
    "slack": lambda given: _apprise(given["webhook-url"]),
    "teams": lambda given: _apprise(given["webhook-url"]),
    "telegram": lambda given: _apprise(f"tgram://{given['token']}/{given['id']}"),
    "pushover": lambda given: _apprise(f"pover://{given['user-key']}@{given['application-token']}"),
    "ntfy": _ntfy,
    "gotify": _gotify,
    "email": _mail,
}
