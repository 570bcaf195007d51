"""Answers that libcurl rejects are described in plain words."""

import pytest

from core.monitoring.http_errors import wrong_encoding, wrong_http


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("Received HTTP/0.9 when not allowed", "it does not begin with a status line"),
        ("Unsupported HTTP/1 subversion in response", "its status line is malformed"),
        ("Invalid status line", "its status line is malformed"),
        ("Unsupported HTTP version in response", "its status line names an unknown version of HTTP"),
        (
            "Version mismatch (from HTTP/1 to HTTP/2)",
            "its status line names another version of HTTP than the connection uses",
        ),
        ("Unsupported response code in HTTP response", "its status code is not a number from 100 to 999"),
        (
            "Invalid Content-Length: value",
            "the header Content-Length is not a number, or differs from a second one",
        ),
        ("NUL byte in header", "a header contains a NUL byte"),
        ("Header without colon", "a header has no colon"),
        ("Carriage return found in header", "a header contains a carriage return"),
        ("chunk hex-length char not a hex digit: 0x7a", "the length of a chunk is not a valid number"),
        ("chunk hex-length longer than 17", "the length of a chunk is not a valid number"),
        ("invalid chunk size: 'FFFFFFFFFFFFFFFFF'", "the length of a chunk is not a valid number"),
        ("Malformed encoding found in chunked-encoding", "a chunk is longer than its length says"),
        ("Multiple Location headers", "it names several places to redirect to"),
        (
            "Remote peer returned unexpected data while we expected SETTINGS frame.  Perhaps, peer does not …",
            "it agreed to HTTP/2 but does not speak it",
        ),
        (
            "Invalid HTTP header field was received: frame type: 1, stream: 1, name: [:status], value: [2000]",
            "the name or the value of a header is invalid",
        ),
        (
            "nghttp2 shuts down connection with error 9: COMPRESSION_ERROR",
            "it breaks the rules of HTTP/2 (COMPRESSION_ERROR)",
        ),
        (
            "[HTTP2] [1] received invalid frame: FRAME[DATA, len=2, eos=1, padlen=0], error -532: Violation in …",
            "it breaks the rules of HTTP/2",
        ),
        ("A message of a later libcurl.", "A message of a later libcurl"),
    ],
)
def test_each_invalid_answer_has_its_reason(detail: str, words: str) -> None:
    assert wrong_http(detail) == words


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("", "it is damaged"),
        ("Error while processing content unencoding: incorrect header check", "it is damaged"),
        (
            "Unsolicited Transfer-Encoding (gzip) found",
            "the header Transfer-Encoding says gzip, which Watchwright did not ask for",
        ),
        (
            "Unrecognized content encoding type. libcurl understands deflate, gzip, br content encodings.",
            "the header Content-Encoding names an encoding that Watchwright does not support",
        ),
        ("Reject response exceeding limit of 5 content encodings", "it is compressed too many times over"),
        ("A message of a later libcurl.", "A message of a later libcurl"),
    ],
)
def test_each_body_that_cannot_be_decompressed_has_its_reason(detail: str, words: str) -> None:
    assert wrong_encoding(detail) == words
