"""Encrypts secrets before they are stored, with a key that is not in the store."""

import contextlib
import os
import secrets
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.errors import StoreError
from core.owned_files import give_to_owner, path_exists

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "secret.key"
KEY_BYTES = 32  # AES-256; also the length of a SHA-256 hash, the minimum by RFC 2104, 3
NONCE_BYTES = 12  # GCM's recommended length (NIST SP 800-38D, 5.2.1.1)
PREFIX = "sealed:1:"

_in_use: list["Sealer"] = []


class Sealer:
    """Encrypts and decrypts texts with AES-256-GCM."""

    def __init__(self, key: bytes) -> None:
        """*key* is the installation's secret, of any length; the cipher key is derived from it (RFC 5869)."""
        self._key = key

    @cached_property
    def _cipher(self) -> "AESGCM":
        # Imported on first use: most monitors check no website with a secret, and this import takes 6 MB.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = b"watchwright sealing 1"
        return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._key))

    @classmethod
    def of(cls, settings: Settings) -> "Sealer":
        """Return the sealer of this installation, with WATCHWRIGHT_SECRET_KEY or a key created in the data folder.

        Raises:
            StoreError: There is no key, and none can be stored.
        """
        if settings.secret_key:
            return cls(settings.secret_key.get_secret_value().encode())
        try:
            return cls(kept_key(settings.data_dir / KEY_FILE))
        except OSError as error:
            raise StoreError(
                f"The key that seals secrets cannot be stored in {settings.data_dir}: {error.strerror}. "
                "Make the folder writable, or set WATCHWRIGHT_SECRET_KEY."
            ) from error

    def seal(self, text: str) -> str:
        """Return *text* as ``sealed:1:…``; the same text is sealed differently each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return PREFIX + (nonce + self._cipher.encrypt(nonce, text.encode(), None)).hex()

    def open(self, sealed: str) -> str:
        """Return the text that was sealed.

        Raises:
            StoreError: The text was sealed with another key, or altered.
        """
        from cryptography.exceptions import InvalidTag

        try:
            data = bytes.fromhex(sealed.removeprefix(PREFIX))
            return self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None).decode()
        except (ValueError, InvalidTag) as error:
            raise StoreError(
                "A secret in the database was sealed with another key. Restore the earlier WATCHWRIGHT_SECRET_KEY, or "
                "the earlier secret.key in the data folder."
            ) from error


def use(sealer: Sealer) -> None:
    """Make *sealer* the one that the store's sealed columns use; only the composition root calls this."""
    _in_use[:] = [sealer]


def in_use() -> Sealer:
    """Return the sealer that `use` was given, otherwise the one of the environment's settings.

    Raises:
        StoreError: As `Sealer.of`.
    """
    if not _in_use:
        use(Sealer.of(Settings.load()))
    return _in_use[0]


@lru_cache(maxsize=16)
def kept_key(path: Path) -> bytes:
    """Return the key in the file *path*; a missing file is created with mode 600 and a new key.

    Raises:
        OSError: The file is missing and cannot be created, or cannot be read.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path_exists(path):
        _create_key(path)
    return path.read_bytes()


def _create_key(path: Path) -> None:
    """Write a complete file and then link it to its name: one of several processes wins, and none reads half a key."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as draft:  # created with mode 600
        draft.write(secrets.token_bytes(KEY_BYTES))
        draft.flush()
        os.fsync(draft.fileno())
        give_to_owner(draft.fileno(), path.parent)
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)
