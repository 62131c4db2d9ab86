"""Speaking with remote repositories: over HTTP, and over SSH where the host allows it.

Only explicit objects are used, so that neither the account's Git configuration nor its proxies,
saved credentials or ``url.*.insteadOf`` rules have a say.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from dulwich.client import (
    GitClient,
    HTTPUnauthorized,
    SSHGitClient,
    StrangeHostname,
    SubprocessSSHVendor,
    Urllib3HttpGitClient,
)
from dulwich.errors import NotGitRepository
from urllib3 import PoolManager, Retry, Timeout

from kallithea_host.vcs import VcsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from urllib3 import BaseHTTPResponse

    from kallithea_host.vcs import Remote

_TIMEOUT = Timeout(connect=30, read=300)
_RETRIES = Retry(connect=0, read=0, redirect=5, status=0, other=0)
_USER_AGENT = "git/kallithea-host"

_SSH = (
    "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=30"
    " -o ClearAllForwardings=yes -o PermitLocalCommand=no"
)
"""Nobody can answer a question, and the account's own ssh_config counts for nothing."""

_MAX_REASON = 300


class OneHostPool(PoolManager):
    """HTTP connections to one host; every redirect passes ``urlopen`` again and is checked."""

    def __init__(self, remote: Remote) -> None:
        """Serve requests to the host of ``remote``, which gets its credentials."""
        super().__init__(headers={"User-Agent": _USER_AGENT}, timeout=_TIMEOUT, retries=_RETRIES)
        self._remote = urlsplit(remote.url)
        known = remote.username is not None
        self._credentials = {"Authorization": f"Basic {_encoded(remote)}"} if known else {}
        self._answers: list[BaseHTTPResponse] = []

    def urlopen(self, method: str, url: str, *args: Any, **kwargs: Any) -> BaseHTTPResponse:
        """Refuse other hosts, and plain HTTP where HTTPS was asked for."""
        target = urlsplit(url)
        if target.hostname != self._remote.hostname:
            raise VcsError("the remote redirects to another host")
        if target.scheme not in {"https", self._remote.scheme}:
            raise VcsError(f"the remote redirects to {target.scheme}")
        if target[:2] == self._remote[:2]:
            kwargs["headers"] = {**kwargs["headers"], **self._credentials}
        self._answers.append(super().urlopen(method, url, *args, **kwargs))
        return self._answers[-1]

    def clear(self) -> None:
        """Close the connections, those too that dulwich left waiting after a refusal."""
        for answer in self._answers:
            answer.close()
        super().clear()


@contextmanager
def connected(remote: Remote) -> Iterator[tuple[GitClient, str]]:
    """A client for the remote, and the path to give it; failures leave as ``VcsError``."""
    try:
        parts = _address(remote.url)
        if parts.scheme in {"http", "https"} and parts.hostname:
            with OneHostPool(remote) as pool:
                yield Urllib3HttpGitClient(remote.url, pool_manager=pool, config=None), ""
        elif parts.scheme == "ssh" and parts.hostname:
            yield _ssh_client(remote, parts), unquote(parts.path)
        else:
            raise VcsError(f"no remote can be reached by {parts.scheme[:20]!r}")
    except Exception as error:  # noqa: BLE001
        # Whatever dulwich, urllib3 or the remote's data raises; see repository.failures_told.
        # The chain is cut because texts of those errors may repeat what the remote sent.
        raise VcsError(_reason(error, remote)) from None


def _encoded(remote: Remote) -> str:
    pair = f"{remote.username or ''}:{remote.password or ''}"
    return b64encode(pair.encode()).decode("ascii")


def _address(url: str) -> SplitResult:
    if not url.isprintable() or " " in url:
        raise VcsError("the address of a remote holds spaces or control characters")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise VcsError("the address of a remote holds credentials")
    return parts


def _ssh_client(remote: Remote, parts: SplitResult) -> GitClient:
    if remote.password is not None:
        raise VcsError("a remote over ssh takes no password")
    return SSHGitClient(
        parts.hostname or "",
        port=parts.port,
        username=remote.username,
        vendor=SubprocessSSHVendor(),
        config=None,
        ssh_command=_SSH,
    )


def _reason(error: Exception, remote: Remote) -> str:
    """One printable line about a failure, without the credentials even if the remote sent them."""
    known = {
        HTTPUnauthorized: "the remote asks for other credentials",
        NotGitRepository: "there is no Git repository at this address",
        StrangeHostname: "the address of the remote looks like an option",
    }
    text = known.get(type(error)) or (
        str(error) if isinstance(error, VcsError) else f"{type(error).__name__}: {error}"
    )
    for secret in filter(None, (remote.password, _encoded(remote))):
        text = text.replace(secret, "*****")
    line = "".join(each if each.isprintable() else " " for each in text)
    return line[:_MAX_REASON]
