"""The account page: where a user finds and sets his API keys and his password.

Everything is a page of plain HTML at a fixed path below ``/_admin``; forms are answered by sending
the browser to a page. A user sees and changes his own account only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kallithea_host.web.account.assets import assets
from kallithea_host.web.account.door import Door
from kallithea_host.web.account.key_forms import KeyForms
from kallithea_host.web.account.own_pages import OwnPages
from kallithea_host.web.account.password_form import PasswordForm
from kallithea_host.web.account.resource import Answering, PageResource
from kallithea_host.web.account.signing import Signing
from kallithea_host.web.account.tries import Tries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twisted.internet.interfaces import IReactorTime
    from twisted.web.resource import Resource

    from kallithea_host.host import Host
    from kallithea_host.web.clients import Clients
    from kallithea_host.web.in_flight import InFlight


def account_pages(
    host: Host, clock: IReactorTime, clients: Clients, in_flight: InFlight
) -> Mapping[bytes, Resource]:
    """The resources of the account page, by their names below ``/_admin``."""
    answering = Answering(host.vault, clients, in_flight)
    door, tries = Door(host), Tries(clock.seconds)
    pages = OwnPages(host, door)
    keys, signing = KeyForms(door, pages), Signing(host, door, tries)
    password = PasswordForm(host, door, pages, tries)
    account = PageResource(answering, get=pages.keys)
    below = {
        b"show_key": PageResource(answering, post=keys.show),
        b"reset_key": PageResource(answering, post=keys.reset),
        b"create_key": PageResource(answering, post=keys.create),
        b"revoke_key": PageResource(answering, post=keys.revoke),
        b"password": PageResource(answering, get=pages.password, post=password.change),
        b"permissions": PageResource(answering, get=pages.permissions),
    }
    for name, page in below.items():
        account.putChild(name, page)
    return {
        b"login": PageResource(answering, get=signing.form, post=signing.sign_in),
        b"logout": PageResource(answering, post=signing.sign_out),
        b"my_account": account,
        b"assets": assets(),
    }
