"""API keys as the operator and their owners manage them: a built-in one, and additional ones."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import delete, select

from kallithea_host import data_folder, schema
from kallithea_host.accounts import add_key
from kallithea_host.errors import Conflict, NotFound
from kallithea_host.keys import generate, key_owner
from kallithea_host.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Row

    from kallithea_host.config import Settings
    from kallithea_host.jobs import DbJob

_keys: Final = schema.api_keys


class NewKey(NamedTuple):
    """A key that was just made."""

    key_id: int
    text: str


def built_in(job: DbJob, user_id: int) -> str:
    """The text of a user's built-in key."""
    sealed = job.db.scalar(
        select(_keys.c.sealed).where(_keys.c.user_id == user_id, _keys.c.builtin)
    )
    if sealed is None:
        raise NotFound("the user has no built-in key: `key reset` makes one")
    return job.host.vault.unseal(sealed, key_owner(user_id))


def text_of(job: DbJob, user_id: int, key_id: int) -> str | None:
    """The text of a key of a user; None when he has no such key."""
    of_user = (_keys.c.user_id == user_id, _keys.c.key_id == key_id)
    sealed = job.db.scalar(select(_keys.c.sealed).where(*of_user))
    return None if sealed is None else job.host.vault.unseal(sealed, key_owner(user_id))


def end_of(day: date) -> datetime:
    """When a key expires that is good to the end of a day, UTC; as the database stores it."""
    return datetime.combine(day, time(23, 59, 59))


def listed(job: DbJob, user_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What is known of a user's keys, without the keys."""
    columns = (
        _keys.c.key_id,
        _keys.c.builtin,
        _keys.c.description,
        _keys.c.created_on,
        _keys.c.expires_on,
        _keys.c.last_used_on,
    )
    return job.db.execute(
        select(*columns).where(_keys.c.user_id == user_id).order_by(_keys.c.key_id)
    ).all()


def create(job: DbJob, user_id: int, description: str, expires_on: datetime | None) -> NewKey:
    """Give a user an additional key."""
    if user_id == schema.default_user_id:
        raise Conflict("the default user cannot call: no key of his is accepted")
    key = generate()
    key_id = add_key(
        job.db,
        job.host.vault,
        user_id,
        key,
        builtin=False,
        description=description,
        expires_on=expires_on,
    )
    return NewKey(key_id, key)


def reset(job: DbJob, user_id: int) -> NewKey:
    """Replace a user's built-in key.

    If the first administrator's key file holds the old one, it gets the new one after the commit.
    """
    of_user = (_keys.c.user_id == user_id, _keys.c.builtin)
    sealed = job.db.scalar(select(_keys.c.sealed).where(*of_user))
    job.db.execute(delete(_keys).where(*of_user))
    key = generate()
    key_id = add_key(job.db, job.host.vault, user_id, key, builtin=True)
    if sealed is not None:
        old = job.host.vault.unseal(sealed, key_owner(user_id))
        job.after_commit(_replace_in_file, job.host.settings, old, key)
    return NewKey(key_id, key)


def revoke(job: DbJob, user_id: int, key_id: int) -> None:
    """Delete an additional key of a user; the next call with it is refused."""
    found = job.db.execute(
        select(_keys.c.builtin).where(_keys.c.user_id == user_id, _keys.c.key_id == key_id)
    ).first()
    if found is None:
        raise NotFound(f"the user has no key {key_id}")
    if found.builtin:
        raise Conflict(f"key {key_id} is the built-in one: `key reset` replaces it")
    job.db.execute(delete(_keys).where(_keys.c.key_id == key_id))


def _replace_in_file(settings: Settings, old: str, new: str) -> None:
    file = data_folder.admin_key_file(settings)
    if file.exists() and file.read_text(encoding="ascii", errors="replace").strip() == old:
        write_private(file, f"{new}\n".encode(), replace=True)
