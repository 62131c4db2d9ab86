"""Passwords at rest: argon2id hashes, made and checked in the hashing pool.

Hashes of bcrypt, as Kallithea keeps them, are checked, too, and replaced at the next login.
"""

from __future__ import annotations

import re
from typing import Final

import bcrypt
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
_BCRYPT: Final = re.compile(r"\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}", re.ASCII)
"""At most 2^14 rounds, which take a second; Kallithea's hashes have 2^10."""
_BCRYPT_BYTES: Final = 72
"""What bcrypt sees of a password; today's library refuses more, those of old cut it off."""


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
        if stored is not None and _BCRYPT.fullmatch(stored):
            return _verify_bcrypt(stored, password)
        return _hasher.verify(stored or _OF_NOBODY, password) and bool(stored)
    except (BadPassword, VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash that was verified should be made anew: of bcrypt, or of other parameters."""
    return _BCRYPT.fullmatch(stored) is not None or _hasher.check_needs_rehash(stored)


def _verify_bcrypt(stored: str, password: str) -> bool:
    # 2a, 2b and 2y are the versions of one algorithm in which old programs had, or had not,
    # errors that Kallithea's never met.
    try:
        return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], stored.encode())
    except ValueError:  # its salt is none
        return False


def _refuse_long(password: str) -> None:
    if len(password.encode()) > LONGEST:
        raise BadPassword(f"a password has at most {LONGEST} bytes")
