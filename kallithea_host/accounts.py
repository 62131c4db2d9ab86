"""Users as several plugins need them: looked up, and shown in results."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, insert, literal, null, select, union_all

from kallithea_host import schema
from kallithea_host.clock import iso, now
from kallithea_host.errors import Forbidden, NotFound
from kallithea_host.keys import key_owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from kallithea_host.arguments import Ident
    from kallithea_host.auth import Caller
    from kallithea_host.jobs import DbJob
    from kallithea_host.keys import Vault

_users, _emails = schema.users, schema.emails
_keys, _addresses = schema.api_keys, schema.user_addresses


def get_user(db: Connection, ident: Ident) -> Row[Any]:
    """The row of a user; raises ``NotFound`` in the words of the API."""
    match = ident.match(_users.c.user_id, _users.c.username)
    row = None if match is None else db.execute(select(_users).where(match)).first()
    if row is None:
        raise NotFound(f"user `{ident}` does not exist")
    return row


def get_self_or_any(job: DbJob, ident: Ident | None) -> Row[Any]:
    """The user a call is about: the caller unless told otherwise, and for an administrator anybody.

    Everybody else is refused with one text, whether the user he named exists or not.
    """
    caller = job.caller
    if ident is None:
        return get_user_by_id(job.db, caller.user_id)
    if not caller.admin and ident.key != caller.user_id and ident.name != caller.username:
        raise Forbidden("userid is not the same as your user")
    return get_user(job.db, ident)


def get_user_by_id(db: Connection, user_id: int) -> Row[Any]:
    """The row of a user who is known to exist."""
    return db.execute(select(_users).where(_users.c.user_id == user_id)).one()


def get_owner(job: DbJob, ident: Ident | None) -> Row[Any]:
    """The user who is to own something: the caller, or whom an administrator names."""
    if ident is not None and not job.caller.admin:
        raise Forbidden("Only Kallithea admin can specify `owner` param")
    return get_user_by_id(job.db, job.caller.user_id) if ident is None else get_user(job.db, ident)


def user_object(job: DbJob, row: Row[Any]) -> dict[str, Any]:
    """The user object of results, for one user."""
    return user_objects(job, _users.c.user_id == row.user_id, [row])[0]


def user_objects(
    job: DbJob, which: ColumnElement[bool], rows: Iterable[Row[Any]] | None = None
) -> list[dict[str, Any]]:
    """The user objects of results for the users that a condition names, ordered by user name.

    Two statements however many there are; one when the ``rows`` are at hand. API keys, permitted
    addresses and the last login are only for administrators and for the user himself.
    """
    if rows is None:
        rows = job.db.execute(select(_users).where(which).order_by(_users.c.username)).all()
    details = _details(job, which)
    return [_object(job, row, details[row.user_id]) for row in rows]


def users_by_id(job: DbJob, which: ColumnElement[bool]) -> dict[int, dict[str, Any]]:
    """The user objects of results, by user id."""
    return {user["user_id"]: user for user in user_objects(job, which)}


def _details(job: DbJob, which: ColumnElement[bool]) -> Mapping[int, dict[str, list[Any]]]:
    """What other tables hold of the users: e-mail addresses, networks, sealed keys."""
    chosen = select(_users.c.user_id).where(which).scalar_subquery()
    emails = select(
        literal("emails"), _emails.c.user_id, _emails.c.email, null(), _emails.c.is_primary,
        _emails.c.email_id,
    ).where(_emails.c.user_id.in_(chosen))
    networks = select(
        literal("networks"), _addresses.c.user_id, _addresses.c.network, null(), null(),
        _addresses.c.address_id,
    ).where(_addresses.c.user_id.in_(chosen))
    keys = select(
        literal("keys"), _keys.c.user_id, null(), _keys.c.sealed, null(), _keys.c.key_id
    ).where(_keys.c.user_id.in_(chosen), _keys.c.builtin)
    if not job.caller.admin:
        networks = networks.where(_addresses.c.user_id == job.caller.user_id)
        keys = keys.where(_keys.c.user_id == job.caller.user_id)
    found: defaultdict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows = job.db.execute(union_all(emails, networks, keys)).all()
    for what, user_id, text, sealed, primary, _ in sorted(rows, key=lambda row: row[5]):
        if primary:
            found[user_id][what].insert(0, text)
        else:
            found[user_id][what].append(text if sealed is None else sealed)
    return found


def _object(job: DbJob, row: Row[Any], details: Mapping[str, list[Any]]) -> dict[str, Any]:
    emails = details["emails"]
    user = {
        "user_id": row.user_id,
        "username": row.username,
        "firstname": row.firstname,
        "lastname": row.lastname,
        "email": emails[0] if emails else None,
        "emails": emails,
        "active": row.active,
        "admin": row.admin,
        "extern_type": row.extern_type,
        "extern_name": row.extern_name,
        "ldap_dn": row.extern_name if row.extern_type == "ldap" else None,
    }
    if job.caller.admin or job.caller.user_id == row.user_id:
        user["last_login"] = iso(row.last_login)
        user["ip_addresses"] = details["networks"]
        if details["keys"] and shows_key(job.host.settings.show_keys, job.caller, row.user_id):
            user["api_key"] = job.host.vault.unseal(details["keys"][0], key_owner(row.user_id))
    return user


def shows_key(setting: str, caller: Caller, user_id: int) -> bool:
    """Whether a caller reads the API key of a user in results."""
    if setting == "own":
        return caller.user_id == user_id
    return setting == "documented"


def add_key(
    db: Connection, vault: Vault, user_id: int, key: str, *, builtin: bool, **columns: Any
) -> int:
    """Store an API key of a user, digested and sealed; its id."""
    added = insert(schema.api_keys).values(
        user_id=user_id,
        digest=vault.digest(key),
        sealed=vault.seal(key, key_owner(user_id)),
        builtin=builtin,
        created_on=now(),
        **columns,
    )
    key_id: int = db.execute(added).inserted_primary_key[0]
    return key_id
