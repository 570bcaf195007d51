"""A strict model of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/).

Additional fields of an object must begin with an underscore.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

Size = Annotated[int, Field(ge=-1)]
Time = Annotated[float, Field(ge=0)]
OptionalTime = Annotated[float, Field(ge=-1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)
    comment: str | None = None

    @model_validator(mode="after")
    def _only_own_extensions(self) -> "Strict":
        unknown = [name for name in self.model_extra or {} if not name.startswith("_")]
        assert not unknown, f"{type(self).__name__} has no {unknown}"
        return self


class Named(Strict):
    name: str
    value: str


class Cookie(Named):
    path: str | None = None
    domain: str | None = None
    expires: AwareDatetime | None = None
    httpOnly: bool | None = None  # noqa: N815 (HAR's name)
    secure: bool | None = None
    sameSite: str | None = None  # noqa: N815


class Param(Strict):
    name: str
    value: str | None = None


class PostData(Strict):
    mimeType: str  # noqa: N815
    text: str
    params: list[Param] = []


class Request(Strict):
    method: str
    url: str
    httpVersion: str  # noqa: N815
    cookies: list[Cookie]
    headers: list[Named]
    queryString: list[Named]  # noqa: N815
    postData: PostData | None = None  # noqa: N815
    headersSize: Size  # noqa: N815
    bodySize: Size  # noqa: N815


class Content(Strict):
    size: Size
    compression: int | None = None
    mimeType: str  # noqa: N815
    text: str | None = None
    encoding: str | None = None


class Response(Strict):
    status: int
    statusText: str  # noqa: N815
    httpVersion: str  # noqa: N815
    cookies: list[Cookie]
    headers: list[Named]
    content: Content
    redirectURL: str  # noqa: N815
    headersSize: Size  # noqa: N815
    bodySize: Size  # noqa: N815


class Timings(Strict):
    blocked: OptionalTime = -1
    dns: OptionalTime = -1
    connect: OptionalTime = -1
    ssl: OptionalTime = -1
    send: Time
    wait: Time
    receive: Time


class Entry(Strict):
    pageref: str | None = None
    startedDateTime: str  # noqa: N815
    time: Time
    request: Request
    response: Response
    cache: Strict
    timings: Timings
    serverIPAddress: str | None = None  # noqa: N815
    connection: str | None = None

    @model_validator(mode="after")
    def _time_is_the_sum(self) -> "Entry":
        assert datetime.fromisoformat(self.startedDateTime).tzinfo is not None
        timings = self.timings
        parts = (timings.blocked, timings.dns, timings.connect, timings.send, timings.wait, timings.receive)
        assert abs(self.time - sum(max(part, 0.0) for part in parts)) < 0.01
        return self


class PageTimings(Strict):
    onContentLoad: OptionalTime = -1  # noqa: N815
    onLoad: OptionalTime = -1  # noqa: N815


class Page(Strict):
    startedDateTime: str  # noqa: N815
    id: str
    title: str
    pageTimings: PageTimings  # noqa: N815


class Program(Strict):
    name: str
    version: str


class Log(Strict):
    version: str
    creator: Program
    browser: Program | None = None
    pages: list[Page] = []
    entries: list[Entry]


def check(har: dict[str, Any]) -> Log:
    """Raise `pydantic.ValidationError` if *har* violates the specification."""
    assert list(har) == ["log"]
    log = Log.model_validate(har["log"])
    assert log.version == "1.2"
    assert {entry.pageref for entry in log.entries} <= {page.id for page in log.pages}
    starts = [entry.startedDateTime for entry in log.entries]
    assert starts == sorted(starts), "entries are ordered by their start"
    return log
