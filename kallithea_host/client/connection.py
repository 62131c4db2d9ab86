"""A connection to the API of one server, which waits for each answer."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self

from kallithea_host.client.address import endpoint
from kallithea_host.client.messages import KALLITHEA, result_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kallithea_host.client.messages import Dialect
    from kallithea_host.client.posting import Poster

ANSWER_SECONDS: Final = 3660
"""How long an answer is waited for: a server gives a clone or pull an hour, and then tells."""


class Connection:
    """Calls the methods of a server with one API key.

    ``Connection("https://kallithea.example.com", key).call("get_repo", {"repoid": "tools"})``
    gives the result. Every error is a ``ClientError``. Certificates are verified against the
    system's (``SSL_CERT_FILE`` names others), and redirects are not followed: a call holds a key.
    Nothing is sent before the first call. Threads may share a connection.
    """

    def __init__(
        self,
        host: str,
        key: str,
        *,
        dialect: Dialect = KALLITHEA,
        timeout: float | None = ANSWER_SECONDS,
        proxy: str | None = None,
    ) -> None:
        """``timeout`` is in seconds; None waits for ever. ``proxy`` is the address of one."""
        self.url: Final = endpoint(host)
        self._key = key
        self._dialect = dialect
        self._timeout = timeout
        self._proxy = proxy
        self._ids = count(1)

    def call(self, method: str, args: Mapping[str, Any] | None = None) -> Any:
        """The result of a method; ``CallError`` has the text of the server's error."""
        call_id = next(self._ids)
        post = self._dialect.encode(call_id, self._key, method, args or {})
        return result_of(self.url, self._dialect, call_id, self._poster.post(post))

    def close(self) -> None:
        """Close what is open; a later call opens it again."""
        if "_poster" in vars(self):
            self._poster.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _poster(self) -> Poster:
        from kallithea_host.client.posting import Poster  # noqa: PLC0415 - urllib3 is slow to load

        return Poster(self.url, self._timeout, self._proxy)
