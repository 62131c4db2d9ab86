"""Making a repository: reserve its name, build it aside, put it in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import insert, update

from kallithea_host import names, schema
from kallithea_host.clock import now, stored
from kallithea_host.keys import remote_owner
from kallithea_host.kinds import REPOSITORY, REPOSITORY_GROUP
from kallithea_host.remote import split_password
from kallithea_host.storage import grants, groups, intents, layout, places
from kallithea_host.vcs import EMPTY

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from kallithea_host.jobs import DbJob
    from kallithea_host.keys import Vault
    from kallithea_host.storage.intents import Origin
    from kallithea_host.vcs import Changeset

_repositories: Final = schema.repositories


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRepository:
    """What is to be made; everything has been decided and permitted."""

    name: str
    type: str
    owner_id: int
    description: str
    private: bool
    landing_rev: str
    clone_uri: str | None = field(default=None, repr=False)
    fork_of_id: int | None = None
    enable_statistics: bool = False
    enable_downloads: bool = False
    enable_locking: bool = False
    copy_permissions_of: Literal["group", "source"] | None = None
    """Whose permission rows it gets instead of the default one: its group's, or those of the
    repository it is a fork of."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A name that is taken for a repository that does not exist yet."""

    intent_id: int
    row: Row[Any]
    new: NewRepository
    building: str

    def place(self, root: Path) -> Path:
        """Where to build it."""
        return root / self.building


def reserve(job: DbJob, new: NewRepository, origin: Origin) -> Reserved:
    """Take the name: a pending row, the groups it lies in, and the intent to undo them by."""
    places.check_new(job, new.name)
    group_id, made = groups.make_missing(job.db, new.name, job.caller.user_id or new.owner_id)
    row = add_row(job.db, job.host.vault, new, group_id=group_id, pending=True)
    building = layout.new_building(job.host.settings.repositories)
    intent_id = intents.begin(
        job.db, "create", origin, repo_ids=[row.repo_id], group_ids=made, removes=[building]
    )
    return Reserved(intent_id, row, new, building)


def add_row(
    db: Connection, vault: Vault, new: NewRepository, *, group_id: int | None, pending: bool
) -> Row[Any]:
    """Insert a repository's row, and give it back."""
    uri, password = split_password(new.clone_uri) if new.clone_uri else (None, None)
    row = db.execute(
        insert(_repositories)
        .values(
            repo_name=new.name,
            repo_name_key=names.fold(new.name),
            repo_type=new.type,
            description=new.description,
            private=new.private,
            owner_id=new.owner_id,
            group_id=group_id,
            fork_of_id=new.fork_of_id,
            clone_uri=uri,
            landing_rev=new.landing_rev,
            enable_statistics=new.enable_statistics,
            enable_downloads=new.enable_downloads,
            enable_locking=new.enable_locking,
            pending=pending,
            created_on=now(),
            **tip_columns(EMPTY),
        )
        .returning(*_repositories.c)
    ).one()
    if password is not None:
        sealed = vault.seal(password, remote_owner(row.repo_id))
        db.execute(
            update(_repositories)
            .where(_repositories.c.repo_id == row.repo_id)
            .values(clone_uri_password=sealed)
        )
    return row


def tip_columns(tip: Changeset) -> dict[str, Any]:
    """The columns that keep the last changeset."""
    return {
        "tip_id": tip.raw_id,
        "tip_revision": tip.revision,
        "tip_message": tip.message.replace("\0", "\ufffd"),
        "tip_author": tip.author.replace("\0", "\ufffd"),
        "tip_date": stored(tip.date),
    }


def store_tip(db: Connection, repo_id: int, tip: Changeset) -> None:
    """Keep the last changeset of a repository."""
    db.execute(
        update(_repositories).where(_repositories.c.repo_id == repo_id).values(tip_columns(tip))
    )


def plan_placing(job: DbJob, reserved: Reserved) -> None:
    """Write down that what was built is about to be put in place."""
    root = job.host.settings.repositories
    moves = [(reserved.building, reserved.new.name)]
    intents.plan_moves(job.db, root, reserved.intent_id, moves)


def put_in_place(job: DbJob, reserved: Reserved, tip: Changeset) -> None:
    """Make the repository visible: its permissions and last changeset, then the rename.

    The caller announces the event before this.
    """
    row = reserved.row
    of_this = _repositories.c.repo_id == row.repo_id
    job.db.execute(update(_repositories).where(of_this).values(pending=False, **tip_columns(tip)))
    grant_initial(job.db, row, reserved.new.copy_permissions_of)
    intents.finish(job.db, job.host.settings.repositories, reserved.intent_id)


def grant_initial(
    db: Connection, row: Row[Any], copied_from: Literal["group", "source"] | None = None
) -> None:
    """The permission rows a new repository begins with."""
    if copied_from == "group" and row.group_id is not None:
        grants.copy(db, REPOSITORY_GROUP, row.group_id, REPOSITORY, row.repo_id)
    elif copied_from == "source" and row.fork_of_id is not None:
        grants.copy(db, REPOSITORY, row.fork_of_id, REPOSITORY, row.repo_id)
    else:
        level = grants.default_level(db, REPOSITORY)
        grants.grant_user(db, REPOSITORY, schema.default_user_id, row.repo_id, level)
