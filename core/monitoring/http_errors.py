"""Says in plain words what is wrong with an answer that libcurl rejects. Pure."""

import re

BROKEN_RULE = re.compile(r"shuts down connection with error \d+: (\w+)")  # as nghttp2 words it
UNASKED = re.compile(r"Unsolicited Transfer-Encoding \((.+)\)")
UNKNOWN_ENCODING = "Unrecognized content encoding type"
TOO_MANY_ENCODINGS = "Reject response exceeding limit"
DAMAGED = "Error while processing content unencoding"
REASONS = (  # part of the message of libcurl or nghttp2, and our message
    ("HTTP/0.9", "it does not begin with a status line"),
    ("HTTP/1 subversion", "its status line is malformed"),
    ("Invalid status line", "its status line is malformed"),
    ("HTTP version", "its status line names an unknown version of HTTP"),
    ("Version mismatch", "its status line names another version of HTTP than the connection uses"),
    ("Unsupported response code", "its status code is not a number from 100 to 999"),
    ("Content-Length", "the header Content-Length is not a number, or differs from a second one"),
    ("NUL byte in header", "a header contains a NUL byte"),
    ("Header without colon", "a header has no colon"),
    ("Carriage return found in header", "a header contains a carriage return"),
    ("chunk hex-length", "the length of a chunk is not a valid number"),
    ("invalid chunk size", "the length of a chunk is not a valid number"),
    ("in chunked-encoding", "a chunk is longer than its length says"),
    ("Multiple Location headers", "it names several places to redirect to"),
    ("expected SETTINGS frame", "it agreed to HTTP/2 but does not speak it"),
    ("Invalid HTTP header field", "the name or the value of a header is invalid"),
    ("received invalid frame", "it breaks the rules of HTTP/2"),
)


def wrong_http(detail: str) -> str:
    """Return why an answer is not valid HTTP; libcurl's own message *detail* where it is a rare one."""
    broken_rule = BROKEN_RULE.search(detail)
    if broken_rule is not None:
        return f"it breaks the rules of HTTP/2 ({broken_rule[1]})"
    return next((ours for theirs, ours in REASONS if theirs in detail), detail.rstrip("."))


def wrong_encoding(detail: str) -> str:
    """Return why a body cannot be decompressed."""
    unasked = UNASKED.search(detail)
    if unasked is not None:
        return f"the header Transfer-Encoding says {unasked[1]}, which Watchwright did not ask for"
    if detail.startswith(UNKNOWN_ENCODING):
        return "the header Content-Encoding names an encoding that Watchwright does not support"
    if detail.startswith(TOO_MANY_ENCODINGS):
        return "it is compressed too many times over"
    return "it is damaged" if not detail or detail.startswith(DAMAGED) else detail.rstrip(".")
