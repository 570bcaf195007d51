"""Defines the content of a HAR file, read leniently and with limits. Pure.

Required are only the entries, each with its start, method and URL: without them there is no waterfall. All other
fields may be missing or have the wrong type, as in files of Safari, Charles, Fiddler and old versions of Firefox.
"""

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field

from core.errors import InvalidInput
from core.schemas.base import UtcInstant

_DIGITS = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)
MAX_ENTRIES = 20_000  # the highest limit of a recorded session
LARGEST_NUMBER = 2**53  # the largest exact integer in JavaScript, in which most writers are written
Item = TypeVar("Item")


def _text(value: object) -> str:
    """Return text that every database accepts: without NUL and lone surrogates."""
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).replace("\0", "�").encode("utf-8", "replace").decode()


def number(value: object) -> float | None:
    """Return a plausible number, which may be written as text; None for anything else."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):  # some proxies write statuses and sizes as text
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= LARGEST_NUMBER else None


def _whole(value: object) -> int | None:
    known = number(value)
    return None if known is None else int(known)


def _mapping(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


LAST_YEAR = 9999  # the last year of datetime


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        instant = None
    if instant is None or instant.year >= LAST_YEAR:  # the entry's duration is added later and must not overflow
        raise ValueError(f"a startedDateTime must be such as 2026-11-24T03:00:00.000Z, and not {value[:40]!r}")
    return instant


def _instant_or_none(value: object) -> object:
    """Return the instant, or None if it is unreadable: some programs write "" or words as a page's start."""
    try:
        return _instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[float | None, BeforeValidator(number)]
"""Not negative; None for -1 (HAR's "not applicable") and for values that are not numbers."""
Flag = Annotated[bool, BeforeValidator(lambda value: value is True)]
Free = Annotated[dict[str, Any], BeforeValidator(_mapping)]


def _not_too_many(value: object) -> object:
    """Refuse before all entries are read: reading takes much longer than counting."""
    if isinstance(value, list) and len(value) > MAX_ENTRIES:
        raise InvalidInput(f"This HAR has {len(value):,} entries; at most {MAX_ENTRIES:,} can be imported.")
    return value


Several = Annotated[list[Item], BeforeValidator(_list)]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class HarPair(_Lenient):
    name: Text = ""
    value: Text = ""


class HarPostData(_Lenient):
    mime_type: Text = Field("", alias="mimeType")
    text: Text = ""
    params: Several[HarPair] = []
    encoding: Text = Field("", alias="_encoding")


class HarRequest(_Lenient):
    method: Annotated[str, Field(min_length=1, max_length=32)]
    url: Annotated[str, Field(min_length=1), BeforeValidator(_text)]
    http_version: Text = Field("", alias="httpVersion")
    headers: Several[HarPair] = []
    post_data: Annotated[HarPostData, BeforeValidator(_mapping)] = Field(HarPostData(), alias="postData")


class HarContent(_Lenient):
    size: Number = None
    mime_type: Text = Field("", alias="mimeType")
    text: Annotated[str | None, BeforeValidator(lambda value: None if value is None else _text(value))] = None
    encoding: Text = ""
    is_truncated: bool = Field(False, alias="_isTruncated")
    sha256: Text = Field("", alias="_sha256")


class HarResponse(_Lenient):
    status: Number = None
    status_text: Text = Field("", alias="statusText")
    http_version: Text = Field("", alias="httpVersion")
    headers: Several[HarPair] = []
    content: Annotated[HarContent, BeforeValidator(_mapping)] = HarContent()
    redirect_url: Text = Field("", alias="redirectURL")
    headers_size: Number = Field(None, alias="headersSize")
    body_size: Number = Field(None, alias="bodySize")
    transfer_size: Number = Field(None, alias="_transferSize")
    error: Text = Field("", alias="_error")
    failure_text: Text = Field("", alias="_failureText")
    is_from_worker: Flag = Field(False, alias="_fetchedViaServiceWorker")
    charles_status: Text = Field("", alias="_charlesStatus")


class HarTimings(_Lenient):
    blocked: Number = None
    queued: Number = Field(None, alias="_blocked_queueing")
    dns: Number = None
    connect: Number = None
    ssl: Number = None
    send: Number = None
    wait: Number = None
    receive: Number = None


class HarEntry(_Lenient):
    started_at: Annotated[UtcInstant, BeforeValidator(_instant)] = Field(alias="startedDateTime")
    time: Number = None
    request: HarRequest
    response: Annotated[HarResponse, BeforeValidator(_mapping)] = HarResponse()
    timings: Annotated[HarTimings, BeforeValidator(_mapping)] = HarTimings()
    address: Text = Field("", alias="serverIPAddress")
    server_port: Text = Field("", alias="_serverPort")
    connection: Text = ""
    connection_id: Text = Field("", alias="_connectionId")
    initiator: Free = Field({}, alias="_initiator")
    priority: Text = Field("", alias="_priority")
    resource_type: Text = Field("", alias="_resourceType")
    from_cache: Text = Field("", alias="_fromCache")
    fetch_type: Text = Field("", alias="_fetchType")
    is_from_worker: Flag = Field(False, alias="_fetchedViaServiceWorker")
    cache: Free = {}
    socket_messages: Several[dict[str, Any]] = Field([], alias="_webSocketMessages")
    stream_messages: Several[dict[str, Any]] = Field([], alias="_eventSourceMessages")
    exchange_id: Text = Field("", alias="_exchangeId")
    outcome: Text = Field("", alias="_outcome")
    interruption: Text = Field("", alias="_interruption")
    duration: Number = Field(None, alias="_duration")
    redirected_from: Text = Field("", alias="_redirectedFrom")
    preflight_for: Text = Field("", alias="_preflightFor")
    remote_address: Text = Field("", alias="_remoteAddress")
    is_connection_reused: bool | None = Field(None, alias="_connectionReused")
    target: Text = Field("", alias="_target")
    details: Free = Field({}, alias="_details")


class HarPageTimings(_Lenient):
    dom_content_loaded: Number = Field(None, alias="onContentLoad")
    load: Number = Field(None, alias="onLoad")


class HarSession(_Lenient):
    """The extension that Watchwright writes."""

    state: Text = ""
    success: bool | None = None
    error: Text = ""
    user_agent: Text = Field("", alias="userAgent")
    title: Text = ""
    completed_at: Annotated[UtcInstant, BeforeValidator(_instant)] | None = Field(None, alias="completedDateTime")
    is_redacted: bool | None = Field(None, alias="isRedacted")
    dropped_count: Number = Field(None, alias="droppedCount")
    milestones: Free = {}


class HarPage(_Lenient):
    started_at: Annotated[UtcInstant | None, BeforeValidator(_instant_or_none)] = Field(None, alias="startedDateTime")
    title: Text = ""
    timings: Annotated[HarPageTimings, BeforeValidator(_mapping)] = Field(HarPageTimings(), alias="pageTimings")
    session: Annotated[HarSession, BeforeValidator(_mapping)] = Field(HarSession(), alias="_session")


class HarProgram(_Lenient):
    name: Text = ""
    version: Text = ""


class HarConsole(_Lenient):
    at: Annotated[UtcInstant, BeforeValidator(_instant)] = Field(alias="startedDateTime")
    level: Text = "log"
    source: Text = "console"
    text: Text = ""
    url: Text = ""
    line: Annotated[int | None, BeforeValidator(_whole)] = None
    column: Annotated[int | None, BeforeValidator(_whole)] = None
    stack: Several[dict[str, Any]] = []
    exchange_id: Text = Field("", alias="exchangeId")


class HarLog(_Lenient):
    creator: Annotated[HarProgram, BeforeValidator(_mapping)] = HarProgram()
    browser: Annotated[HarProgram, BeforeValidator(_mapping)] = HarProgram()
    pages: Several[HarPage] = []
    entries: Annotated[list[HarEntry], FailFast(), BeforeValidator(_not_too_many)]
    console: Several[HarConsole] = Field([], alias="_console")


class HarFile(_Lenient):
    log: HarLog
