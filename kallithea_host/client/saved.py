"""Where the addresses and keys of servers are kept between calls.

``~/.config/kallithea`` is the file of the program that Kallithea ships, which both may read and
write. A profile is a file of the same form, so that this program can be given it by ``--config``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kallithea_host.client.errors import ClientError
from kallithea_host.private_files import write_private

_PROFILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class BadConfig(ClientError):
    """A file that should hold address and key cannot be read or written."""


class BadProfile(ClientError):
    """What was given as a profile's name cannot be one."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A server's address and the key for it, as far as a place has them."""

    host: str | None = None
    key: str | None = field(default=None, repr=False)


def home() -> Path:
    """The user's folder; an account without one must say everything by options or environment."""
    try:
        return Path.home()
    except RuntimeError:
        raise BadConfig("there is no home folder for ~/.config: HOME is not set") from None


def config_file() -> Path:
    """The file that is read and written when no other is named."""
    return home() / ".config" / "kallithea"


def profile_file(name: str) -> Path:
    """The file of a profile; raises ``BadProfile`` for what cannot be a name of one."""
    if not _PROFILE.fullmatch(name):
        raise BadProfile(f"`{name}` cannot be a profile's name: letters, digits, `.`, `_`, `-`")
    return _profiles() / name


def profiles() -> list[str]:
    """The names of all profiles."""
    folder = _profiles()
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in names if _PROFILE.fullmatch(name))


def read(path: Path) -> Saved:
    """What a file holds; nothing if it is not there."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Saved()
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        data = None
    values = (data.get("apihost"), data.get("apikey")) if isinstance(data, dict) else (0,)
    if not all(value is None or isinstance(value, str) for value in values):
        raise BadConfig(f'{path} should be a JSON object with the texts "apihost" and "apikey"')
    return Saved(*values)


def write(path: Path, host: str, key: str) -> bool:
    """Put address and key into a file that nobody else can read; whether there was one before."""
    data = json.dumps({"apihost": host, "apikey": key}, indent=4) + "\n"
    try:
        path = path.resolve()  # a link stays a link
        existed = path.exists()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, data.encode(), replace=True)
    except (OSError, RuntimeError) as error:  # the latter for links that go round in a circle
        reason = getattr(error, "strerror", None) or error
        raise BadConfig(f"{path} cannot be written: {reason}") from None
    return existed


def _profiles() -> Path:
    return home() / ".config" / "kallithea-host" / "profiles"
