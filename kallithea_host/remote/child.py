"""The program of the child process: ``python -m kallithea_host.remote.child``.

It takes one order on standard input, which then stays open for as long as the server lives, and
gives one answer on standard output; whatever libraries print goes to standard error.
"""

from __future__ import annotations

import os
import pkgutil
import resource
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import urlsplit

import msgspec

from kallithea_host.remote.credentials import secrets_of, strike
from kallithea_host.remote.guard import ConnectionForbidden, guard_connections
from kallithea_host.remote.order import GRACE, Answer, Order
from kallithea_host.remote.policy import RemotePolicy
from kallithea_host.vcs import Backends, VcsError

if TYPE_CHECKING:
    from kallithea_host.vcs import Backend, Remote

EX_SOFTWARE: Final = 70
"""The exit status that says: this is a bug, the traceback is on standard error."""

_ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """Carry out the order on standard input; returns the exit status."""
    orders, answers = _take_standard_streams()
    order = msgspec.json.decode(_first_line(orders), type=Order)
    _end_by_exception()
    threading.Thread(target=_end_with_parent, args=(orders,), daemon=True).start()
    secrets = secrets_of(order.remote)
    try:
        answer = Answer(ok=_carry_out(order))
    except (VcsError, ConnectionForbidden) as error:
        answer = Answer(failed=strike(str(error), secrets))
    except MemoryError:
        answer = Answer(failed="it takes more memory than remote_memory_limit")
    except Exception:  # noqa: BLE001 - a bug of a plugin or a library, to be read in the log
        sys.stderr.write(strike(traceback.format_exc(), secrets))
        return EX_SOFTWARE
    _ignore_signals()  # it is done, and to be told from here on
    with os.fdopen(answers, "wb") as stream:
        stream.write(msgspec.json.encode(answer) + b"\n")
    return 0


def _take_standard_streams() -> tuple[int, int]:
    """Keep the two pipes to the server out of the reach of libraries and of their programs."""
    orders, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return orders, answers


def _first_line(stream: int) -> bytes:
    line = b""
    while not line.endswith(b"\n") and (more := os.read(stream, 65_536)):
        line += more
    return line


def _end_by_exception() -> None:
    for number in _ENDING_SIGNALS:
        signal.signal(number, _exit)


def _exit(number: int, _frame: object) -> NoReturn:
    """Unwind, so that the operation is rolled back; a second signal must not disturb that."""
    _ignore_signals()
    raise SystemExit(128 + number)


def _ignore_signals() -> None:
    for number in _ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end_with_parent(orders: int) -> None:
    """Wait in a thread until nobody is left to give orders, then end, by force if need be."""
    while os.read(orders, 1):
        pass
    # To the main thread, which may be waiting for the network.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(128 + signal.SIGTERM)


def _carry_out(order: Order) -> tuple[str, ...]:
    _limit(order.memory)
    _guard(order.remote, order.allow)
    backend = _backend(order.plugin, order.alias)
    if order.operation == "pull":
        return backend.pull(Path(order.path), order.remote)
    backend.clone(Path(order.path), order.remote)
    return ()


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the credentials
    if memory > 0:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _guard(remote: Remote, allow: tuple[str, ...]) -> None:
    address = urlsplit(remote.url)
    try:
        guard_connections(
            RemotePolicy(allow=allow), address.hostname or "", programs=address.scheme == "ssh"
        )
    except OSError as error:  # of the resolver, or no address is permitted
        raise VcsError(f"the remote host: {error.strerror}") from error


def _backend(plugin: str, alias: str) -> Backend:
    return Backends(pkgutil.resolve_name(plugin).kallithea_vcs_backends())[alias]


if __name__ == "__main__":
    sys.exit(main())
