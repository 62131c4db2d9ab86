"""Keep every connection of a process to the one remote host it was started for.

For the child process only: what is done here lasts for the life of the process. The host's name is
resolved once, and the permitted ones of its addresses are the only ones there are from then on. So
neither a redirect to another host, nor another spelling, nor a name server that answers
differently the second time leads anywhere else, whatever library opens the connection.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kallithea_host.remote.policy import RemotePolicy

    Check = Callable[..., None]

_OTHER_TRAFFIC: Final = (
    *("socket.bind", "socket.sendto", "socket.gethostbyname", "socket.gethostbyaddr"),
)
_PROGRAM_STARTS: Final = (
    *("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"),
    *("os.system", "pty.spawn"),
)


class ConnectionForbidden(OSError):
    """Something tried to reach another address than those of the remote host."""

    def __init__(self, text: str) -> None:
        # Libraries look at the number and the words of any OSError.
        super().__init__(errno.EACCES, text)


def guard_connections(policy: RemotePolicy, host: str, *, programs: bool = False) -> None:
    """Let this process connect by TCP to the permitted addresses of ``host``, and nowhere else.

    ``programs`` says whether other programs may be started, whose connections are their own (for
    ``ssh`` this is the only way). Raises ``ConnectionForbidden`` when no address is permitted, and
    the ``OSError`` of the resolver when there is none.
    """
    _forget_proxies()
    resolve = socket.getaddrinfo
    answers = resolve(host, None, type=socket.SOCK_STREAM)
    found = dict.fromkeys(str(address[0]) for *_, address in answers)  # once each, in order
    addresses = [address for address in found if policy.permits(address, host)]
    if not addresses:
        raise ConnectionForbidden(
            "it has no public address, nor one that is listed in clone_uri_allow"
        )
    _answer_for_one_host(host, addresses)
    checks: dict[str, Check] = {
        **dict.fromkeys(_OTHER_TRAFFIC, _forbid),
        "socket.connect": _only_tcp_to(frozenset(addresses)),
        "socket.sendmsg": _only_when_connected,
    }
    if not programs:
        checks |= dict.fromkeys(_PROGRAM_STARTS, _forbid)
    _enforce(checks)


def _forget_proxies() -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]


def _answer_for_one_host(name: str, addresses: list[str]) -> None:
    """Replace the resolver that all libraries call by one that knows ``name`` only."""
    resolve = socket.getaddrinfo
    names = {name.lower(), name.lower().encode()}

    def getaddrinfo(
        host: str | bytes | None,
        port: str | bytes | int | None,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        if host is None or host.lower() not in names:
            raise ConnectionForbidden("a connection to another host than the remote one")
        flags |= socket.AI_NUMERICHOST
        wanted = [one for one in addresses if family in {0, _family(one)}]
        if not wanted:
            raise socket.gaierror(
                socket.EAI_NONAME, "the remote host has no address of this family"
            )
        return [hit for one in wanted for hit in resolve(one, port, family, type, proto, flags)]

    socket.getaddrinfo = getaddrinfo


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _enforce(checks: Mapping[str, Check]) -> None:
    """Have the interpreter ask before each of these events, whoever causes it."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        check = checks.get(event)
        if check is not None:
            check(*arguments)

    sys.addaudithook(hook)


def _forbid(*_arguments: object) -> None:
    raise ConnectionForbidden("neither programs nor other traffic than by TCP are allowed here")


def _only_tcp_to(addresses: frozenset[str]) -> Check:
    def check(connecting: socket.socket, address: tuple[object, ...]) -> None:
        tcp = connecting.type == socket.SOCK_STREAM and connecting.proto in {0, socket.IPPROTO_TCP}
        internet = connecting.family in {socket.AF_INET, socket.AF_INET6}
        if not (tcp and internet and address[0] in addresses):
            raise ConnectionForbidden("a connection to another address than the remote host's")

    return check


def _only_when_connected(_sending: socket.socket, address: object) -> None:
    if address is not None:
        _forbid()
