"""Users: the accounts that call the API and own repositories."""

from __future__ import annotations

from typing import Any

from kallithea_host import DbJob, Ident, Methods, hookimpl
from kallithea_host.accounts import get_self_or_any, user_object
from kallithea_plugins.users import queries

methods = Methods("users")


@methods.in_db(needs=None)
def get_user(job: DbJob, userid: Ident | None = None) -> dict[str, Any]:
    """A user, with the permissions in force for him.

    Everybody may ask for himself; only an administrator for others.

    Args:
        userid: id or name of the user; the caller when left out.

    Returns:
        The user object and ``permissions``: ``global`` names, and the effective permission on
        each of ``repositories``, ``repositories_groups`` and ``user_groups`` by name.

    Errors:
        ``userid is not the same as your user``: the caller is no administrator.
        ``user `<userid>` does not exist``.
    """
    user = get_self_or_any(job, userid)
    return user_object(job, user) | {"permissions": queries.permissions_of(job, user)}


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods
