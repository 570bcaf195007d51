"""Extracts the reason from a library's error, without the parts that are for programmers. Pure."""

import re
import smtplib

WRAPPING = re.compile(r"\[(?:Errno -?\d+|SSL(?:: \w+)?)\]\s*|\s*\(?_ssl\.c:\d+[:)]\s*")


def error_text(error: Exception) -> str:
    """Return *error*'s text without error numbers, source lines and the final full stop."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(f"{who}: {_answer(*answer)}" for who, answer in error.recipients.items())
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return WRAPPING.sub("", str(error)).strip(" .")


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}".strip()
