"""What counts as a secret, and what stands in its place. Pure."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from core.debugging.redaction.secret_names import is_secret_header, is_secret_name

MARK = re.compile(r"\[redacted:[0-9a-f]{8}\]")
NOTHING = frozenset({"null", "undefined", "nan", "none", "nil", "true", "false", "[object object]"})
"""What stands where a secret is missing: nobody's secret, and the cause of many a failure (``Bearer undefined``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionPolicy:
    """What counts as a secret here, beside what always does."""

    extra_names: frozenset[str] = frozenset()
    """Further names of headers, parameters and fields, in lower case."""
    key: bytes = b""
    """The installation's own; without one the hash is plain SHA-256, and a short secret could be guessed from it."""

    def mark(self, secret: str) -> str:
        """``[redacted:`` and the start of the (keyed) SHA-256 of *secret*: equal secrets have equal marks.

        Eight digits tell the secrets of a store apart and are too few to confirm a guess for good. What is marked
        already stays as it is, so that redacting twice is redacting once, and so does what is `NOTHING`.
        """
        if not secret or MARK.fullmatch(secret) or secret.lower() in NOTHING:
            return secret
        data = secret.encode("utf-8", "surrogatepass")
        digest = hmac.digest(self.key, data, "sha256").hex() if self.key else hashlib.sha256(data).hexdigest()
        return f"[redacted:{digest[:8]}]"

    def hides(self, name: str) -> bool:
        """Whether the value of the parameter or field *name* is a secret."""
        return is_secret_name(name) or name.lower() in self.extra_names

    def hides_header(self, name: str) -> bool:
        """Whether the value of the header *name* is a secret."""
        return is_secret_header(name) or name.lower() in self.extra_names
