"""Formats log lines: the message and its facts on one line, and a traceback, all with secrets masked."""

import json
import logging
import re
from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url

from core.config import Settings
from core.debugging.redact import RedactionPolicy, redact_message, redact_value
from core.debugging.redaction.masking import masks_for
from core.schemas.session_options import SessionOptions

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
SHORTEST = 6  # characters of a secret; shorter ones would match everywhere
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # ends a line, or is a command to a terminal
OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LogLines(logging.Formatter):
    """The formatter of all our handlers, so that secrets in log messages of libraries are masked too."""

    def __init__(self, policy: RedactionPolicy, own_secrets: tuple[str, ...] = ()) -> None:
        """*own_secrets* are the exact secrets of this installation."""
        super().__init__(FORMAT)
        self._policy = policy
        self._own_secrets = own_secrets

    @classmethod
    def of(cls, settings: Settings) -> "LogLines":
        """Return a formatter that masks as debug sessions do, and also masks the settings' own secrets."""
        policy = masks_for(SessionOptions(), settings).policy or RedactionPolicy()
        return cls(policy, secrets_of(settings))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the message with its ``extra`` facts, on one line, so that foreign text cannot fake another line."""
        record.message = self.masked(record.message.rstrip())
        facts = {name: value for name, value in vars(record).items() if name not in OF_EVERY_RECORD}
        words = [super().formatMessage(record), *(f"{name}={self._in_words(name, facts[name])}" for name in facts)]
        return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), " ".join(words))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Return the traceback, masked, because its last line often quotes others."""
        return self.masked(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """Return the stack, masked."""
        return self.masked(stack_info)

    def masked(self, text: str) -> str:
        """Return *text* with secrets masked."""
        for secret in self._own_secrets:
            text = text.replace(secret, self._policy.mark(secret))
        return redact_message(text, self._policy)

    def _in_words(self, name: str, value: Any) -> str:
        """Return *value* as JSON, masked."""
        plain = value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)
        clean = redact_value(plain, self._policy, name)
        return self.masked(json.dumps(clean, ensure_ascii=False, default=str))


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return the secrets in *settings*, longest first."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    found = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
    found.add(make_url(settings.store_url).password or "")
    return tuple(sorted((secret for secret in found if len(secret) >= SHORTEST), key=len, reverse=True))
