"""A client for tests that run in the reactor: it awaits its answers, many at a time.

Import it from a test, not from a pytest plugin: treq installs a reactor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host.client.deferred_connection import DeferredConnection
from kallithea_host.client.errors import CallError
from kallithea_host.testing.client import PATH, ApiFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IReactorTCP
    from twisted.python.failure import Failure


class TreqApi(DeferredConnection):
    """Calls the methods of a server as one user; ``await api.get_user(userid=1)`` is a call."""

    def __init__(self, reactor: IReactorTCP, url: str, key: str) -> None:
        super().__init__(reactor, url.removesuffix(PATH), key)

    def __getattr__(self, method: str) -> Callable[..., Deferred[Any]]:
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda **args: self.call(method, args)

    def call(self, method: str, args: Mapping[str, Any] | None = None) -> Deferred[Any]:
        """The result of a call; raises ``ApiFailure`` with the error's text."""
        return super().call(method, args).addErrback(_failed)


def _failed(failure: Failure) -> None:
    failure.trap(CallError)
    raise ApiFailure(failure.getErrorMessage()) from failure.value
