"""Decides by name what is a secret, and makes its mask. Pure."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from core.debugging.redaction.secret_names import is_secret_header, is_secret_name

MARK = re.compile(r"\[redacted:[0-9a-f]{8}\]")
NOTHING = frozenset({"null", "undefined", "nan", "none", "nil", "true", "false", "[object object]"})
"""Placeholders for a missing secret. They stay readable, since they explain many failures (``Bearer undefined``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionPolicy:
    """The built-in secret names plus those of this installation, and its key."""

    extra_names: frozenset[str] = frozenset()
    """Additional secret names of headers, parameters and fields, in lower case."""
    key: bytes = b""
    """The installation's key; without one the hash is plain SHA-256, from which short secrets could be guessed."""

    def mark(self, secret: str) -> str:
        """Return ``[redacted:…]`` with the start of the (keyed) SHA-256 of *secret*; equal secrets get equal marks.

        Eight hex digits distinguish the secrets of a store, but are too few to confirm a guess. Existing marks stay
        unchanged, so that redacting twice equals redacting once. `NOTHING` stays unchanged as well.
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
