"""Users as several plugins need them: looked up, and shown in results."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    LargeBinary,
    String,
    bindparam,
    cast,
    false,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
)

from kallithea_host import schema
from kallithea_host.clock import iso, now
from kallithea_host.errors import Forbidden, NotFound
from kallithea_host.keys import key_owner
from kallithea_host.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Column, ColumnElement, CompoundSelect, Connection, Row

    from kallithea_host.arguments import Ident
    from kallithea_host.auth import Caller
    from kallithea_host.jobs import DbJob
    from kallithea_host.keys import Vault
    from kallithea_host.result_types import User

_users, _emails = schema.users, schema.emails
_keys, _addresses = schema.api_keys, schema.user_addresses

_COLUMNS: Final = [column for column in _users.c if column is not _users.c.password_hash]
"""What a row of a user holds: everything but the hash of his password."""
_NO_TEXT: Final = cast(null(), String)
_NO_SEAL: Final = cast(null(), LargeBinary)
"""PostgreSQL wants to know the type of a column that holds nothing."""
_BY_ID: Final = select(*_COLUMNS).where(_users.c.user_id == bindparam("user_id"))
_BY_NAME: Final = select(*_COLUMNS).where(_users.c.username == bindparam("username"))


def get_user(db: Connection, ident: Ident) -> Row[Any]:
    """The row of a user; raises ``NotFound`` in the words of the API."""
    row = None
    if ident.key is not None:
        row = db.execute(_BY_ID, {"user_id": ident.key}).first()
    elif ident.name is not None:
        row = db.execute(_BY_NAME, {"username": ident.name}).first()
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
    return remembered(
        db, (get_user_by_id, user_id), lambda: db.execute(_BY_ID, {"user_id": user_id}).one()
    )


def get_owner(job: DbJob, ident: Ident | None) -> Row[Any]:
    """The user who is to own something: the caller, or whom an administrator names."""
    if ident is not None and not job.caller.admin:
        raise Forbidden("Only Kallithea admin can specify `owner` param")
    return get_user_by_id(job.db, job.caller.user_id) if ident is None else get_user(job.db, ident)


def user_object(job: DbJob, row: Row[Any]) -> User:
    """The user object of results, for one user."""
    details = remembered(
        job.db,
        (user_object, row.user_id, job.caller.admin, job.caller.user_id),
        lambda: _collected(job, _DETAILS_OF_ONE, {"user_id": row.user_id}),
    )
    return _object(job, row, details[row.user_id])


class Users:
    """The users that a condition names, as results show them; made once, at the top of a module.

    The condition may hold bind parameters. API keys, permitted addresses and the last login are
    only for administrators and for the user himself.
    """

    def __init__(self, which: ColumnElement[bool]) -> None:
        chosen = select(_users.c.user_id).where(which).scalar_subquery()
        self._rows = select(*_COLUMNS).where(which).order_by(_users.c.username)
        self._details = _details(lambda column: column.in_(chosen))

    def objects(self, job: DbJob, **parameters: Any) -> list[User]:
        """Their user objects, ordered by user name: two statements, however many there are."""
        rows = job.db.execute(self._rows, parameters).all()
        details = _collected(job, self._details, parameters)
        return [_object(job, row, details[row.user_id]) for row in rows]

    def by_id(self, job: DbJob, **parameters: Any) -> dict[int, User]:
        """Their user objects by user id, ordered by user name."""
        return {user["user_id"]: user for user in self.objects(job, **parameters)}


def _details(chosen: Callable[[Column[int]], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """What other tables hold of the chosen users: e-mail addresses, networks, sealed keys.

    Networks and keys only for whom ``_collected`` says the caller may read them.
    """
    emails = select(
        literal("emails").label("what"),
        _emails.c.user_id,
        _emails.c.email_id.label("id"),
        _emails.c.is_primary,
        _emails.c.email.label("text"),
        _NO_SEAL.label("sealed"),
    ).where(chosen(_emails.c.user_id))
    networks = select(
        literal("networks"),
        _addresses.c.user_id,
        _addresses.c.address_id,
        false(),
        _addresses.c.network,
        _NO_SEAL,
    ).where(chosen(_addresses.c.user_id), _readable(_addresses.c.user_id))
    keys = select(
        literal("keys"), _keys.c.user_id, _keys.c.key_id, false(), _NO_TEXT, _keys.c.sealed
    ).where(chosen(_keys.c.user_id), _keys.c.builtin, _readable(_keys.c.user_id))
    return union_all(emails, networks, keys)


def _readable(owner: Column[int]) -> ColumnElement[bool]:
    everybodys = bindparam("reads_all", type_=Boolean)
    return or_(everybodys, owner == bindparam("reader_id"))


_DETAILS_OF_ONE: Final = _details(lambda column: column == bindparam("user_id"))


def _collected(
    job: DbJob, details: CompoundSelect[Any], parameters: dict[str, Any]
) -> Mapping[int, dict[str, list[Row[Any]]]]:
    """The rows of ``_details`` by user and by what they are, each in the order they were added."""
    reader = {"reads_all": job.caller.admin, "reader_id": job.caller.user_id}
    found: defaultdict[int, dict[str, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(job.db.execute(details, parameters | reader), key=lambda row: row.id):
        found[row.user_id][row.what].append(row)
    return found


def _object(job: DbJob, row: Row[Any], details: Mapping[str, list[Row[Any]]]) -> User:
    primary = [email.text for email in details["emails"] if email.is_primary]
    user: User = {
        "user_id": row.user_id,
        "username": row.username,
        "firstname": row.firstname,
        "lastname": row.lastname,
        "email": primary[0] if primary else None,
        "emails": primary + [email.text for email in details["emails"] if not email.is_primary],
        "active": row.active,
        "admin": row.admin,
        "extern_type": row.extern_type,
        "extern_name": row.extern_name,
        "ldap_dn": row.extern_name if row.extern_type == "ldap" else None,
    }
    if job.caller.admin or job.caller.user_id == row.user_id:
        user["last_login"] = row.last_login and iso(row.last_login)
        user["ip_addresses"] = [network.text for network in details["networks"]]
        if details["keys"] and shows_key(job.host.settings.show_keys, job.caller, row.user_id):
            (key, *_) = details["keys"]
            user["api_key"] = job.host.vault.unseal(key.sealed, key_owner(row.user_id))
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
    added = insert(_keys).values(
        user_id=user_id,
        digest=vault.digest(key),
        sealed=vault.seal(key, key_owner(user_id)),
        builtin=builtin,
        created_on=now(),
        **columns,
    )
    key_id: int = db.execute(added.returning(_keys.c.key_id)).scalar_one()
    return key_id
