"""The types of results: what several plugins send, and how a type tells what it depends on.

The annotation of a method's result is its public schema: ``TypedDict`` for objects whose members
are known, and JSON's own types. Text in ``Annotated`` describes a value, ``ByStyle`` says which
type it has in which result style; neither costs anything while a method runs.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired, TypedDict


@dataclass(frozen=True)
class ByStyle:
    """In ``Annotated``: the type of a value in each result style; the annotated one is both."""

    documented: Any
    kallithea: Any


Moment = Annotated[str, "A moment in UTC: ISO 8601, without a zone."]
Seconds = Annotated[float, "Seconds since 1970."]


class Told(TypedDict):
    """What was done, in a sentence."""

    msg: str


class Done(Told):
    """What was done, in a sentence, and whether it changed anything."""

    success: bool


class User(TypedDict):
    """A user; what is not required is told to administrators and to the user himself."""

    user_id: int
    username: str
    firstname: str
    lastname: str
    email: Annotated[str | None, "The primary address."]
    emails: Annotated[list[str], "All addresses, the primary one first."]
    active: bool
    admin: bool
    extern_type: Annotated[str, "Who authenticates the user."]
    extern_name: str
    ldap_dn: Annotated[str | None, "The same as extern_name, when extern_type is ldap."]
    last_login: NotRequired[Moment | None]
    ip_addresses: NotRequired[Annotated[list[str], "Networks the user may call from."]]
    api_key: NotRequired[str]


class Renewed(Told):
    """What was done, in a sentence, and to which repository."""

    repository: Annotated[str, "The full name."]


RenewedTold = Annotated[str | Renewed, ByStyle(documented=str, kallithea=Renewed)]
LandingRev = Annotated[str | list[str], ByStyle(documented=str, kallithea=list[str])]
LockedBy = Annotated[str | User | None, ByStyle(documented=str | None, kallithea=User | None)]
LockedDate = Annotated[
    float | str | None, ByStyle(documented=Seconds | None, kallithea=Moment | None)
]
GroupMemberType = Annotated[
    Literal["users_group", "user_group"],
    ByStyle(documented=Literal["users_group"], kallithea=Literal["user_group"]),
]
