"""The last description of each server, on disk, so that completion answers at once."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kallithea_host.client.address import endpoint, proxy_from_environment
from kallithea_host.client.connection import Connection
from kallithea_host.client.errors import BadAnswer, CallError, ClientError
from kallithea_host.client.saved import BadConfig, home
from kallithea_host.private_files import write_private

if TYPE_CHECKING:
    from kallithea_host.client.choosing import Server

FRESH_SECONDS: Final = 60
"""How long a description is believed without asking; a plugin may be installed at any time."""
NOTHING: Final[dict[str, Any]] = {"methods": []}
"""Of a server that does not describe itself."""


def fetch(server: Server, timeout: float) -> dict[str, Any]:
    """The description, asked for now and remembered; raises ``ClientError``."""
    proxy = proxy_from_environment(endpoint(server.host))
    with Connection(server.host, server.key, timeout=timeout, proxy=proxy) as connection:
        try:
            document: dict[str, Any] = connection.call("rpc.discover")
        except CallError as error:
            if str(error).startswith("No such method"):
                _remember(server, NOTHING)
            raise
    if not isinstance(document, dict):
        raise BadAnswer(f"what {server.host} says about its methods is not understood")
    _remember(server, document)
    return document


def recall(server: Server, timeout: float) -> dict[str, Any]:
    """The description, as remembered or, if that is old, asked for; nothing if neither works."""
    try:
        path = _place(server)
        remembered: dict[str, Any] = json.loads(path.read_bytes())
        if time.time() - path.stat().st_mtime < FRESH_SECONDS:
            return remembered
    except (OSError, ValueError, BadConfig):
        remembered = NOTHING
    try:
        return fetch(server, timeout)
    except ClientError:
        _remember(server, remembered)  # not asked again with every key that is pressed
        return remembered


def _remember(server: Server, document: dict[str, Any]) -> None:
    try:
        path = _place(server)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, json.dumps(document).encode(), replace=True)
    except (OSError, BadConfig):
        return  # a home that cannot be written to makes completion slower, nothing else


def _place(server: Server) -> Path:
    """The file for a server and a key, whose name tells neither: a key may call what it may."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or home() / ".cache")
    name = hashlib.sha256(json.dumps([server.host, server.key]).encode()).hexdigest()
    return caches / "kallithea-host" / "methods" / f"{name[:40]}.json"
