"""The types of what the users' methods answer."""

from typing import Annotated, TypedDict

from kallithea_host.result_types import Told, User


class Network(TypedDict):
    """A network that a user may call from."""

    ip_addr: Annotated[str, "As it is stored: 10.0.0.0/24."]
    ip_range: Annotated[list[str], "Its first and its last address."]


class Addresses(TypedDict):
    """The address of the call, and what a user may call from."""

    ip_addr_server: Annotated[str, "The client's address as the server sees it."]
    server_ip_addr: Annotated[str, "The same."]
    user_ips: list[Network]


Permissions = TypedDict(
    "Permissions",
    {
        "global": list[str],
        "repositories": Annotated[dict[str, str], "The effective permission on each, by name."],
        "repositories_groups": dict[str, str],
        "user_groups": dict[str, str],
    },
)


class UserDetails(User):
    """A user, with the permissions in force for him."""

    permissions: Permissions


class UserTold(Told):
    """What was done, in a sentence, and the user as he is now."""

    user: User


class UserDeleted(Told):
    """What was done, in a sentence."""

    user: None
