"""What may stand in an account: its name, its address, and where outside it is known."""

from __future__ import annotations

import re
from typing import Final

from kallithea_host import BadRequest, Fault
from kallithea_host.names import BadName, is_plain

INTERNAL: Final = "internal"
LDAP: Final = "ldap"
LONGEST: Final = 255
"""Characters of a user name or an e-mail address, as in the columns of the released product."""

_USERNAME: Final = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9\-_.]*", re.ASCII)
_RESERVED: Final = frozenset({"default", "new_user"})


def check_username(username: str) -> None:
    """Raise ``BadName`` unless an account may be given this name: the rule of the web form."""
    if _USERNAME.fullmatch(username) is None or len(username) > LONGEST:
        raise BadName("a user name is made of ASCII letters, digits, `_`, `-` and `.`")
    if username.isdecimal():
        raise BadName("a name of digits only would be taken for an id")
    if username.lower() in _RESERVED:
        raise BadName(f"`{username}` is reserved")


def stored_email(email: str | None) -> str | None:
    """An e-mail address as it is stored, in lower case; None when there is none."""
    return email.strip().lower() or None if email else None


def check_email(email: str) -> None:
    """Raise ``BadName`` unless the address can be stored and shown. Its form is not judged."""
    if len(email) > LONGEST or not is_plain(email):
        raise BadName("an e-mail address is short and has no control characters")


def identity(
    extern_type: str | None, extern_name: str | None, ldap_dn: str | None
) -> dict[str, str]:
    """Where outside an account is known, as far as it was given, as columns.

    ``ldap_dn`` is another way to say ``extern_type`` ``ldap`` and ``extern_name``; raises
    ``BadRequest`` when these are given, too, and say something else.
    """
    given = {"extern_type": extern_type or None, "extern_name": extern_name}
    if ldap_dn:
        for name, meant in (("extern_type", LDAP), ("extern_name", ldap_dn)):
            if given[name] not in (None, meant):
                raise BadRequest(
                    f"Conflicting values for `{name}` and `ldap_dn` in JSON DATA",
                    Fault.of(given[name], "what ldap_dn means, or none", name),
                )
            given[name] = meant
    return {name: value for name, value in given.items() if value is not None}


def new_identity(
    extern_type: str | None, extern_name: str | None, ldap_dn: str | None
) -> dict[str, str]:
    """As ``identity``, for a new account: ``internal`` when nothing else is said."""
    given = identity(extern_type, extern_name, ldap_dn)
    kind = given.get("extern_type", INTERNAL)
    return {"extern_type": kind, "extern_name": INTERNAL if kind == INTERNAL else ""} | given
