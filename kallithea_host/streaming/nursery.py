"""The program of the nursery: ``python -m kallithea_host.streaming.nursery PLUGIN…``.

It loads the plugins, and forks a child for each connection that comes over its standard input, a
socket of the server's. It has no threads and holds nothing of the server's: so a fork is safe, and
its children know no secrets.
"""

from __future__ import annotations

import gc
import os
import pkgutil
import signal
import socket
import sys
import traceback

from kallithea_host.streaming.work import serve


def main(plugins: list[str]) -> int:
    """Fork a child for each connection until the server is gone."""
    server = _server()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: it is the server's to decide
    for plugin in plugins:
        _load(plugin)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how children ended
    gc.freeze()  # what is loaded stays shared with the children
    while True:
        marker, descriptors, _, _ = socket.recv_fds(server, 1, 1)
        if not marker:
            return 0
        for descriptor in descriptors:
            _fork(server, descriptor)


def _server() -> socket.socket:
    """The socket that is standard input; nothing else reads it, nor writes between the lines."""
    server = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return server


def _load(plugin: str) -> None:
    try:
        list(pkgutil.resolve_name(plugin).kallithea_vcs_backends())
    except Exception:  # noqa: BLE001 - whatever it is, the server's log tells of it
        traceback.print_exc()


def _fork(server: socket.socket, descriptor: int) -> None:
    with socket.socket(fileno=descriptor) as connection:
        try:
            child = os.fork() == 0
        except OSError:  # no more processes: the server sees the connection closed
            traceback.print_exc()
            return
        if child:
            os._exit(_live(server, connection))  # without the tidying up that is the nursery's


def _live(server: socket.socket, connection: socket.socket) -> int:
    """The life of a child; returns its exit status."""
    try:
        server.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # its own children are asked how they ended
        serve(connection)
    except (BrokenPipeError, ConnectionResetError, SystemExit):
        pass  # nobody wants it any more
    except BaseException:  # noqa: BLE001 - a bug of ours, for the server's log
        traceback.print_exc()
        return 1
    finally:
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
