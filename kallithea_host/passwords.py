"""Passwords at rest: argon2id hashes, made and checked in the hashing pool."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST: Final = 1024
"""Bytes of a password at most: hashing more would cost the server, not the attacker."""

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_OF_NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$bEFHCAwqi38Sr6pAnQH73g$"
    "o7Q+8FY1rJm9G8QydD6a1RMW5B1A2aC79b5Jqrwdb/8"
)
"""What an unknown user's password is compared with, so that he costs as much as a known one."""


class BadPassword(ValueError):
    """The text cannot be a password; what is said never holds it."""


def hash_password(password: str) -> str:
    """The hash to store; takes tens of milliseconds. Raises ``BadPassword`` before that."""
    _refuse_long(password)
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether a password is the one of a stored hash; no hash and a foreign one match nothing."""
    try:
        _refuse_long(password)
        return _hasher.verify(stored or _OF_NOBODY, password) and bool(stored)
    except (BadPassword, VerificationError, InvalidHashError):
        return False


def _refuse_long(password: str) -> None:
    if len(password.encode()) > LONGEST:
        raise BadPassword(f"a password has at most {LONGEST} bytes")
