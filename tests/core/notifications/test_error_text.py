"""Errors of libraries become readable reasons."""

import smtplib

import pytest

from core.notifications.error_text import error_text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(111, "Connection refused"), "Connection refused"),
        (
            OSError(
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"
            ),
            "certificate verify failed: self-signed certificate",
        ),
        (TimeoutError("_ssl.c:989: The handshake operation timed out"), "The handshake operation timed out"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 authentication\n failed"), "535 5.7.8 authentication failed"),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such mailbox")}), "a@b.example: 550 no such mailbox"),
        (
            smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."),
            "STARTTLS extension not supported by server",
        ),
    ],
    ids=["refused", "certificate", "handshake", "sign-in", "recipient", "no TLS"],
)
def test_details_for_programmers_are_removed(error: Exception, words: str) -> None:
    assert error_text(error) == words
