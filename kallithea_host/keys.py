"""Secrets at rest: API keys are found by digest and shown from a sealed copy, never kept as text.

Both forms hang on one secret file outside the database, so that a stolen database or backup
gives away no key. Passwords of remotes are sealed the same way.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kallithea_host.config import ConfigError
from kallithea_host.private_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

SECRET_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_WELL_FORMED: Final = re.compile(r"[0-9a-zA-Z]{40}", re.ASCII)


def generate() -> str:
    """A new API key: twenty random bytes in hex."""
    return secrets.token_hex(20)


def well_formed(text: str) -> bool:
    """Whether this could be an API key at all: forty ASCII letters and digits."""
    return _WELL_FORMED.fullmatch(text) is not None


class Vault:
    """Digests and seals with the keys derived from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._digest_key = hmac.digest(secret, b"kallithea-host api key digest 1", "sha256")
        self._cipher = AESGCM(hmac.digest(secret, b"kallithea-host seal 1", "sha256"))

    def digest(self, key: str) -> bytes:
        """What an API key is looked up by; the same for the same key."""
        return hmac.digest(self._digest_key, key.encode(), hashlib.sha256)

    def seal(self, text: str, bound_to: str) -> bytes:
        """Encrypt a text; only ``unseal`` with the same ``bound_to`` opens it again."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), bound_to.encode())

    def unseal(self, sealed: bytes, bound_to: str) -> str:
        """The text of ``seal``; raises ``ValueError`` when it was sealed otherwise."""
        nonce, data = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, data, bound_to.encode()).decode()
        except InvalidTag:
            raise ValueError(f"what was sealed for {bound_to} does not open") from None


def key_owner(user_id: int) -> str:
    """What the sealed copy of a user's API key is bound to."""
    return f"api key of user {user_id}"


def remote_owner(repo_id: int) -> str:
    """What the sealed password of a repository's remote is bound to."""
    return f"clone_uri of repository {repo_id}"


def open_vault(path: Path) -> Vault:
    """The vault of a secret file, which is made on first use; ``ConfigError`` if others read it."""
    if not path.exists():
        write_private(path, secrets.token_bytes(SECRET_BYTES), replace=False)
    return Vault(_read_secret(path))


def _read_secret(path: Path) -> bytes:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(f"the secret file {path} can be read by others: set its mode to 0600")
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise ConfigError(f"the secret file {path} does not hold {SECRET_BYTES} bytes")
    return secret
