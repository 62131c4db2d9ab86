"""Who committed: the account that a committer's address or name belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from kallithea_host import schema
from kallithea_host.names import fold
from kallithea_plugins.repos.authors import name_and_email

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kallithea_host import DbJob

_users, _emails = schema.users, schema.emails


def persons(job: DbJob, authors: Collection[str]) -> Mapping[str, str]:
    """Who each author is called: the account by address, else by user name, else his own name."""
    parts = {author: name_and_email(author) for author in authors}
    accounts = _accounts(job, {text for pair in parts.values() for text in pair})
    return {
        author: accounts.get(fold(email)) or accounts.get(fold(name)) or name or email
        for author, (name, email) in parts.items()
    }


def _accounts(job: DbJob, texts: Collection[str]) -> Mapping[str, str]:
    """User names by what they are found by, in its folded form; one statement."""
    keys = {fold(text) for text in texts if text and "\0" not in text}
    found = select(_users.c.username, _users.c.username_key, _emails.c.email_key)
    rows = job.db.execute(
        found.outerjoin(_emails, _emails.c.user_id == _users.c.user_id).where(
            or_(_users.c.username_key.in_(keys), _emails.c.email_key.in_(keys)),
            _users.c.user_id != schema.default_user_id,
        )
    ).all()
    by_name = {row.username_key: row.username for row in rows}
    return by_name | {row.email_key: row.username for row in rows if row.email_key}
