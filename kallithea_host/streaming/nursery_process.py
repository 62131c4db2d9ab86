"""The server's side of the nursery, in the reactor thread."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger

from kallithea_host.children import PYTHON, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.internet.interfaces import IProcessTransport
    from twisted.internet.posixbase import PosixReactorBase
    from twisted.python.failure import Failure

_MODULE: Final = "kallithea_host.streaming.nursery"
BUFFER: Final = 512 * 1024
"""Bytes that a child may be ahead of the server."""
_LONGEST_LINE: Final = 65_536


class Nursery(ProcessProtocol):
    """The running nursery; started when it is made, gone when its socket is closed."""

    log = Logger()

    def __init__(self, reactor: PosixReactorBase, plugins: Sequence[str]) -> None:
        self.alive = True
        self._said = bytearray()
        self._server, nursery = socket.socketpair()
        self._server.settimeout(0)
        with nursery:
            self._process: IProcessTransport = reactor.spawnProcess(
                self,
                PYTHON[0],
                (*PYTHON, _MODULE, *plugins),
                env=environment(),
                childFDs={0: nursery.fileno(), 1: "r", 2: "r"},
            )

    def connect(self) -> socket.socket:
        """A socket to a new child; raises ``OSError`` when none can be had."""
        ours, child = socket.socketpair()
        child.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        with child:
            try:
                socket.send_fds(self._server, [b"+"], [child.fileno()])
            except OSError:
                ours.close()
                raise
        ours.settimeout(0)
        return ours

    def close(self) -> None:
        """Let it end."""
        self.alive = False
        self._server.close()
        with suppress(ProcessExitedAlready):
            self._process.signalProcess("TERM")

    def outReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """What it says is for the log, as are tracebacks."""
        self.errReceived(data)

    def errReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Pass on what it and its children complain of, by lines."""
        self._said += data
        lines, _, rest = bytes(self._said).rpartition(b"\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = lines + rest, b""
        self._said = bytearray(rest)
        if lines:
            text = lines.decode("utf-8", "replace")
            self.log.warn("nursery: {lines}", lines=text)  # noqa: G010 - Twisted's own logger

    def processEnded(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        """Note that it is gone; the next connection needs another one."""
        if self.alive:
            self.log.error("the nursery ended: {reason}", reason=reason.getErrorMessage())
        self.alive = False
        self._server.close()
