"""What a child does: carries out one order, and ends when nobody wants it any more."""

from __future__ import annotations

import os
import pkgutil
import resource
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec

from kallithea_host import archives
from kallithea_host.names import BadName, path_of
from kallithea_host.streaming.order import LENGTH, LONGEST_OUTCOME, Order, Outcome
from kallithea_host.vcs import Backends, VcsError

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from kallithea_host.vcs import Backend

NOTICE: Final = 0.3
"""Seconds in which a child that is sending notices by itself that nobody listens."""
GRACE: Final = 2.0
"""Seconds from the request to end to the end by force."""


def serve(connection: socket.socket) -> None:
    """Carry out the order that comes over a connection; for a process that is there for it only."""
    os.setsid()  # programs that are started end with it
    signal.signal(signal.SIGTERM, _exit)
    with connection.makefile("rb") as stream:
        line = stream.readline()
    if not line.endswith(b"\n"):  # nobody wants it any more
        return
    order = msgspec.json.decode(line, type=Order)
    threading.Thread(target=_end_with_server, args=(connection,), daemon=True).start()
    outcome = _carry_out(order, connection)
    told = msgspec.json.encode(outcome)[:LONGEST_OUTCOME]
    connection.sendall(LENGTH.pack(0) + told)


def _carry_out(order: Order, connection: socket.socket) -> Outcome:
    try:
        _limit(order.memory)
        for piece in pieces(order):
            _send(connection, piece)
    except VcsError as failure:
        return Outcome.of(failure)
    except (BrokenPipeError, ConnectionResetError):  # nobody listens any more
        raise
    except MemoryError:
        return Outcome("it takes more memory than stream_memory_limit")
    except Exception as bug:  # noqa: BLE001 - of a plugin or a library, to be read in the log
        traceback.print_exc()
        return Outcome(f"{type(bug).__name__}, see the log")
    return Outcome()


def _send(connection: socket.socket, piece: bytes) -> None:
    """Send a piece after its length, without copying it."""
    head = LENGTH.pack(len(piece))
    sent = connection.sendmsg([head, piece]) - len(head)
    if sent < len(piece):
        connection.sendall(memoryview(piece)[sent:])


def pieces(order: Order) -> Iterator[bytes]:
    """What an order asks for, none of the pieces empty."""
    backend = backend_of(order.plugin, order.alias)
    try:
        path = path_of(Path(order.root), order.name)
    except BadName as error:
        raise VcsError(str(error)) from error
    if not path.is_dir():
        raise VcsError(f"{order.name} is not on the disk")
    return filter(None, _made(backend, order, path))


def _made(backend: Backend, order: Order, path: Path) -> Iterator[bytes]:
    match order.operation:
        case "archive":
            raw_id, form, top = order.arguments
            return archives.pack(backend.export(path, raw_id), form, top)
        case "content":
            return backend.content(path, *order.arguments)
        case "diff":
            return backend.diff(path, *order.arguments, **order.options)
        case "file":
            return iter([msgspec.json.encode(backend.file(path, *order.arguments))])
        case "patch":
            return backend.patch(path, *order.arguments, **order.options)
        case "stats":
            return iter([msgspec.json.encode(backend.stats(path, *order.arguments))])


def backend_of(plugin: str, alias: str) -> Backend:
    """The backend of a plugin, which is imported if it is not yet."""
    return Backends(pkgutil.resolve_name(plugin).kallithea_vcs_backends())[alias]


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory > 0:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _exit(_number: int, _frame: object) -> NoReturn:
    """Unwind, so that programs are ended and temporary files go."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + signal.SIGTERM)


def _end_with_server(connection: socket.socket) -> None:
    """Wait in a thread until nobody listens, then end, with all programs, by force if need be."""
    with suppress(OSError):  # an aborted connection is closed, too
        while connection.recv(1):
            pass
    time.sleep(NOTICE)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)
