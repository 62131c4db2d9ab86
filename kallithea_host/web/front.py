"""Everything a host serves, as one tree of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host.resource import ApiResource
from kallithea_host.web import explorer
from kallithea_host.web.account import account_pages
from kallithea_host.web.clients import Clients
from kallithea_host.web.in_flight import InFlight
from kallithea_host.web.site import site_root
from kallithea_host.web.views import ViewsResource

if TYPE_CHECKING:
    from twisted.internet.interfaces import IReactorTime

    from kallithea_host.host import Host


class Front:
    """The resources of a host; whoever sends bad keys to one of them is slowed down by all."""

    def __init__(self, host: Host, clock: IReactorTime) -> None:
        clients = Clients(host.settings, clock)
        api = ApiResource(host, clock, clients)
        views = ViewsResource(host, clients)
        in_pages = InFlight()
        self._all_in_flight = (api.in_flight, views.in_flight, in_pages)
        pages = account_pages(host, clock, clients, in_pages)
        for name, asset in explorer.assets().items():
            pages[b"assets"].putChild(name, asset)
        self.root = site_root(explorer.Explorable(api, host), views, pages)

    @property
    def in_flight(self) -> int:
        """How many requests are being worked on."""
        return sum(map(len, self._all_in_flight))

    def close(self) -> None:
        """From now on ask every client, with its answer, to leave."""
        for in_flight in self._all_in_flight:
            in_flight.closing = True
