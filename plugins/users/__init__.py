"""Users: the accounts that call the API and own repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kallithea_host import Call, DbJob, Ident, Methods, NewName, accounts, hookimpl, schema
from kallithea_host.failing import failing
from kallithea_host.passwords import hash_password
from kallithea_host.result_types import User
from kallithea_plugins.users import changes, commands, networks, queries
from kallithea_plugins.users.refusals import as_administrator
from kallithea_plugins.users.result_types import Addresses, UserDeleted, UserDetails, UserTold
from kallithea_plugins.users.rules import identity, new_identity

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

methods = Methods("users")

EVERYBODY: Final = accounts.Users(schema.users.c.user_id != schema.default_user_id)


@methods.in_db(needs="hg.admin", aliases=("show_ip",))
def get_ip(job: DbJob, userid: Ident | None = None) -> Addresses:
    """The address that the call came from, and the networks a user may call from.

    Args:
        userid: id or name of the user; the caller when left out.

    Returns:
        ``ip_addr_server`` and, the same, ``server_ip_addr``: the client's address as the server
        sees it. ``user_ips``: the user's own networks, each with ``ip_addr`` (``10.0.0.0/24``)
        and ``ip_range`` (first and last address); none means every address, unless networks
        were set for everybody.

    Errors:
        ``user `<userid>` does not exist``.
    """
    user_id = job.caller.user_id if userid is None else accounts.get_user(job.db, userid).user_id
    return {
        "ip_addr_server": job.caller.address,
        "server_ip_addr": job.caller.address,
        "user_ips": [networks.shown(network) for network in networks.of_user(job.db, user_id)],
    }


@methods.in_db(needs=None)
def get_user(job: DbJob, userid: Ident | None = None) -> UserDetails:
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
    user = accounts.get_self_or_any(job, userid)
    permissions = queries.permissions_of(job, user)
    return {**accounts.user_object(job, user), "permissions": permissions}


@methods.in_db(needs="hg.admin")
def get_users(job: DbJob) -> list[User]:
    """All users, by name.

    Returns:
        User objects, without permissions; the user ``default`` is not among them.
    """
    return EVERYBODY.objects(job)


@methods.in_reactor(needs="hg.admin")
async def create_user(
    call: Call,
    username: NewName,
    email: str | None,
    password: str = "",
    firstname: str = "",
    lastname: str = "",
    active: bool = True,  # noqa: FBT001, FBT002 - arguments of methods are sent by name
    admin: bool = False,  # noqa: FBT001, FBT002
    extern_type: str | None = None,
    extern_name: str | None = None,
    ldap_dn: str | None = None,
) -> UserTold:
    """Create an account.

    Args:
        username: ASCII letters, digits, ``_``, ``-`` and ``.``, beginning with none of the last
            two, not of digits only, at most 255 characters; unique whatever the case.
        email: the primary address, stored in lower case; null or empty: none.
        password: at most 1,024 bytes; empty: none, so that nobody logs in with one.
        firstname: first name.
        lastname: last name.
        active: whether the account's keys are accepted.
        admin: whether the user is an administrator.
        extern_type: who authenticates the user: ``internal`` (the default), ``ldap``, …
        extern_name: his name there; ``internal`` for that type, else empty, when left out.
        ldap_dn: the same as ``extern_type`` ``ldap`` and this ``extern_name``; empty: not given.

    Returns:
        ``msg`` and ``user``, the user object.

    Errors:
        ``Conflicting values for `extern_name` and `ldap_dn` in JSON DATA``, or `extern_type`.
        ``user `<username>` already exist``: in whatever case.
        ``email `<email>` already exist``: as anybody's primary or additional address.
        ``failed to create user `<username>` ``: the name, the address or the password cannot be
        used, or a plugin refuses; the server's log has the reason.
    """
    columns: dict[str, Any] = {
        "firstname": firstname,
        "lastname": lastname,
        "active": active,
        "admin": admin,
        **new_identity(extern_type, extern_name, ldap_dn),
    }
    if password:
        await call.read(changes.refuse_taken, str(username), email)  # before hashing in vain
        with failing(f"failed to create user `{username}`"):
            columns["password_hash"] = await call.hash(hash_password, password)
    user = await call.write(as_administrator, changes.create, str(username), email, columns)
    return {"msg": f"created new user `{username}`", "user": user}


@methods.in_reactor(needs="hg.admin")
async def update_user(
    call: Call,
    userid: Ident,
    username: NewName | None = None,
    email: str | None = None,
    password: str | None = None,
    firstname: str | None = None,
    lastname: str | None = None,
    active: bool | None = None,  # noqa: FBT001 - arguments of methods are sent by name
    admin: bool | None = None,  # noqa: FBT001
    extern_type: str | None = None,
    extern_name: str | None = None,
    ldap_dn: str | None = None,
) -> UserTold:
    """Change an account; what is left out, or null, stays.

    Args:
        userid: id or name of the user.
        username: a new name, as in ``create_user``.
        email: a new primary address in place of the present one; an additional address of the
            user is promoted; empty: none.
        password: a new password; empty: none, so that nobody logs in with one.
        firstname: first name.
        lastname: last name.
        active: whether the account's keys are accepted.
        admin: whether the user is an administrator.
        extern_type: who authenticates the user; empty: not given.
        extern_name: his name there.
        ldap_dn: the same as ``extern_type`` ``ldap`` and this ``extern_name``; empty: not given.

    Returns:
        ``msg`` and ``user``, the user object as it is now.

    Errors:
        ``Conflicting values for `extern_name` and `ldap_dn` in JSON DATA``, or `extern_type`.
        ``user `<userid>` does not exist``.
        ``editing default user is forbidden``.
        ``failed to update user `<userid>` ``: a name or an address is taken or cannot be used,
        the password is too long, the caller or the last active administrator would lose
        ``active`` or ``admin``, or a plugin refuses; the server's log has the reason.
    """
    plain = {"firstname": firstname, "lastname": lastname, "active": active, "admin": admin}
    columns: dict[str, Any] = {n: value for n, value in plain.items() if value is not None}
    columns |= identity(extern_type, extern_name, ldap_dn)
    if password is not None:
        await call.read(changes.get_editable, userid)  # before hashing in vain
        with failing(f"failed to update user `{userid}`"):
            columns["password_hash"] = (
                await call.hash(hash_password, password) if password else None
            )
    new_name = None if username is None else str(username)
    user = await call.write(as_administrator, changes.change, userid, new_name, email, columns)
    return {"msg": f"updated user ID:{user['user_id']} {user['username']}", "user": user}


@methods.in_db(needs="hg.admin", writes=True)
def delete_user(job: DbJob, userid: Ident) -> UserDeleted:
    """Delete an account, with its keys, addresses, permissions and memberships.

    Locks he holds are let go of; the journal keeps his name.

    Args:
        userid: id or name of the user.

    Returns:
        ``msg``, and ``user``, which is null.

    Errors:
        ``user `<userid>` does not exist``.
        ``failed to delete user ID:<id> <username>``: he owns a repository, a repository group or
        a user group, is the caller, the last active administrator or ``default``, or a plugin
        refuses; the server's log has the reason.
    """
    user = changes.remove(job, userid)
    return {"msg": f"deleted user ID:{user.user_id} {user.username}", "user": None}


@hookimpl
def kallithea_methods() -> Methods:
    """The methods of this plugin."""
    return methods


@hookimpl
def kallithea_commands() -> Iterable[click.Command]:
    """The operator's commands about accounts, their keys and addresses."""
    return [commands.user, commands.key, commands.ip, commands.email]
