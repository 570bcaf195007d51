"""Converts a notification of Uptime Kuma to a channel. Pure."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from core.importers.import_data import ImportData
from core.schemas.notification_channel import new_secret

Config = dict[str, Any]


def read_channel(name: str, config: str, *, is_active: bool, found: ImportData) -> bool:
    """Add the notification called *name* to *found* as a channel; returns whether that was possible."""
    try:
        given: Config = json.loads(config)
    except (ValueError, TypeError):
        found.leave(f"notification {name}", "Its settings are truncated in the file. Add the channel manually.")
        return False
    kind = str(given.get("type", ""))
    make = MADE.get(kind)
    if make is None:
        found.leave(f"notification {name}", f"{kind or 'Its service'} is not supported. Add it with its Apprise URL.")
        return False
    try:
        entry = make(given)
    except KeyError as error:
        found.leave(f"notification {name}", f"Its {kind} settings lack {error.args[0]}. Add the channel manually.")
        return False
    except (ValueError, AttributeError):
        found.leave(f"notification {name}", f"Its {kind} settings cannot be read. Add the channel manually.")
        return False
    if kind == "webhook":
        found.leave(f"notification {name}", "Watchwright posts a different JSON format. See docs/notifications.md.")
    found.add("channels", {"name": name[:255], "is_enabled": is_active} | entry)
    return True


def _apprise(url: str) -> Config:
    return {"kind": "APPRISE", "address": {"url": url}}


def _mail(given: Config) -> Config:
    to = ",".join(str(given.get(field) or "") for field in ("smtpTo", "smtpCC", "smtpBCC"))
    recipients = [part.strip() for part in to.replace(";", ",").split(",") if part.strip()]
    address = {
        "host": given["smtpHost"],
        "port": int(given.get("smtpPort") or 587),
        "security": "tls" if given.get("smtpSecure") else "starttls",
        "username": given.get("smtpUsername") or None,
        "password": given.get("smtpPassword") or None,
        "sender": _bare(str(given["smtpFrom"])),
        "recipients": [_bare(recipient) for recipient in recipients],
    }
    return {"kind": "EMAIL", "address": {key: value for key, value in address.items() if value is not None}}


def _bare(mailbox: str) -> str:
    return mailbox.rpartition("<")[2].rstrip("> ").strip()


def _ntfy(given: Config) -> Config:
    server = urlsplit(str(given["ntfyserverurl"]))
    account = ""
    if given.get("ntfyusername"):
        account = (
            f"{quote(str(given['ntfyusername']), safe='')}:{quote(str(given.get('ntfypassword') or ''), safe='')}@"
        )
    token = given.get("ntfyaccesstoken")
    if token:
        account = f"{quote(str(token), safe='')}@"
    return _apprise(
        f"{'ntfys' if server.scheme == 'https' else 'ntfy'}://{account}{server.netloc}/{given['ntfytopic']}"
    )


def _gotify(given: Config) -> Config:
    server = urlsplit(str(given["gotifyserverurl"]))
    scheme = "gotifys" if server.scheme == "https" else "gotify"
    return _apprise(f"{scheme}://{server.netloc}{server.path.rstrip('/')}/{given['gotifyapplicationToken']}")


def _webhook(given: Config) -> Config:
    return {"kind": "WEBHOOK", "address": {"url": given["webhookURL"], "secret": new_secret()}}


MADE: dict[str, Callable[[Config], Config]] = {
    "apprise": lambda given: _apprise(str(given["appriseURL"])),
    "discord": lambda given: _apprise(str(given["discordWebhookUrl"])),
    "gotify": _gotify,
    "ntfy": _ntfy,
    "pushover": lambda given: _apprise(f"pover://{given['pushoveruserkey']}@{given['pushoverapptoken']}"),
    "slack": lambda given: _apprise(str(given["slackwebhookURL"])),
    "smtp": _mail,
    "teams": lambda given: _apprise(str(given["webhookUrl"])),
    "telegram": lambda given: _apprise(f"tgram://{given['telegramBotToken']}/{given['telegramChatID']}"),
    "webhook": _webhook,
}
