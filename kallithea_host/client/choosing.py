"""Which server a call goes to, and with which key."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kallithea_host.client import saved
from kallithea_host.client.address import endpoint
from kallithea_host.client.saved import Saved

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST_VARIABLE: Final = "KALLITHEA_APIHOST"
KEY_VARIABLE: Final = "KALLITHEA_APIKEY"


@dataclass(frozen=True)
class Given:
    """What the command line says about the server."""

    apihost: str | None = None
    apikey: str | None = field(default=None, repr=False)
    apikey_file: str | None = None
    config: Path | None = None
    profile: str | None = None

    def __post_init__(self) -> None:
        for one, other in (("apikey", "apikey_file"), ("config", "profile")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                options = (f"--{name.replace('_', '-')}" for name in (one, other))
                raise click.UsageError(f"{' and '.join(options)} exclude each other")

    @cached_property
    def typed(self) -> Saved:
        """Address and key as far as the command line gives them."""
        key = self.apikey if self.apikey_file is None else _key_in(self.apikey_file)
        return Saved(self.apihost, key)

    def with_environment(self) -> Saved:
        """The same, completed by the environment."""
        environment = _environment()
        return Saved(self.typed.host or environment.host, self.typed.key or environment.key)

    @property
    def file(self) -> Path:
        """The file that the command line means."""
        if self.profile is not None:
            return saved.profile_file(self.profile)
        return self.config or saved.config_file()


def given(options: Mapping[str, Any]) -> Given:
    """What the program's options, which are more than these, say about the server."""
    return Given(**{field.name: options.get(field.name) for field in fields(Given)})


@dataclass(frozen=True, slots=True)
class Server:
    """A server and the key to call it with."""

    host: str
    key: str = field(repr=False)


def choose(given: Given) -> Server:
    """The server of a call: as typed, else from what is named, else environment, else the file."""
    typed = given.typed
    named = given.profile is not None or given.config is not None
    environment = Saved() if named else _environment()
    known = (typed.host or environment.host) and (typed.key or environment.key)
    file = Saved() if known else saved.read(given.file)
    host = typed.host or environment.host or file.host
    key = typed.key or environment.key or file.key
    if host is None or key is None:
        raise click.UsageError(_nothing_saved(given))
    as_ever = typed.host is not None and given.profile is None  # Kallithea's program does that
    if not (typed.key or environment.key or as_ever or _same(host, file.host)):
        raise click.UsageError(
            f"the saved key is not for {host}: "
            f"--apikey-file or {KEY_VARIABLE} may give the one that is"
        )
    return Server(host, key)


def _nothing_saved(given: Given) -> str:
    if given.profile is not None and not given.file.exists():
        return f"there is no profile `{given.profile}`; with --save-config one is made"
    return "Could not find config file and missing --apikey or --apihost in params"


def _same(host: str, other: str | None) -> bool:
    return other is not None and endpoint(host) == endpoint(other)


def _environment() -> Saved:
    """What the environment says; an empty variable says nothing."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    return Saved(os.environ.get(HOST_VARIABLE) or None, key or None)


def _key_in(name: str) -> str:
    """The key in a file; ``-`` is standard input."""
    if name == "-" and sys.stdin is None:
        raise click.UsageError("standard input is closed")
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except OSError as error:
        raise click.UsageError(f"{name} cannot be read: {error.strerror}") from None
    except ValueError:
        raise click.UsageError(f"{name} holds no text") from None
    if not text.strip():
        raise click.UsageError(f"{name} holds no key")
    return text.strip()
