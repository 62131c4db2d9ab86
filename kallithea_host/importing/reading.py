"""What the old database holds, as plain rows; the journal is too long and read when written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kallithea_host import schema
from kallithea_host.importing import tables
from kallithea_host.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Table

    from kallithea_host.importing.renames import Names
    from kallithea_host.importing.source import Source

DEFAULT: Final = "default"
"""The user whose rows hold for everybody."""
SETTLED: Final = frozenset({None, "repo_state_created"})
"""States of a repository that is not half made; releases before the state know none."""


class Address(NamedTuple):
    """An e-mail address of a user."""

    user_id: int
    text: str
    primary: bool


@dataclass(frozen=True)
class Old:
    """Everything that is imported but the journal."""

    source: Source

    def _rows(self, of: Table) -> Sequence[Row[Any]]:
        return self.source.rows(of)

    @cached_property
    def users(self) -> Sequence[Row[Any]]:
        """The users."""
        return self._rows(tables.users)

    @cached_property
    def user_ids(self) -> frozenset[int]:
        """The ids of all users."""
        return frozenset(user.user_id for user in self.users)

    @cached_property
    def user_groups(self) -> Sequence[Row[Any]]:
        """The user groups."""
        return self._rows(tables.user_groups)

    @cached_property
    def repository_groups(self) -> Sequence[Row[Any]]:
        """The repository groups."""
        return self._rows(tables.repository_groups)

    @cached_property
    def repositories(self) -> Sequence[Row[Any]]:
        """The repositories."""
        return self._rows(tables.repositories)

    @cached_property
    def members(self) -> frozenset[tuple[int, int]]:
        """Pairs of a user group and a user who both exist."""
        groups = {group.users_group_id for group in self.user_groups}
        return frozenset(
            (row.users_group_id, row.user_id)
            for row in self._rows(tables.members)
            if row.users_group_id in groups and row.user_id in self.user_ids
        )

    @cached_property
    def networks(self) -> Sequence[Row[Any]]:
        """The rules of who may call from where."""
        return [row for row in self._rows(tables.networks) if row.user_id in self.user_ids]

    @cached_property
    def api_keys(self) -> Sequence[Row[Any]]:
        """The additional API keys."""
        return [row for row in self._rows(tables.api_keys) if row.user_id in self.user_ids]

    @cached_property
    def addresses(self) -> Sequence[Address]:
        """The e-mail addresses; of a user each but once, the primary one first."""
        listed = [Address(user.user_id, user.email, primary=True) for user in self.users]
        listed += [
            Address(row.user_id, row.email, primary=False)
            for row in self._rows(tables.emails)
            if row.user_id in self.user_ids
        ]
        first: dict[tuple[int, str], Address] = {}
        for each in listed:
            if each.text:
                first.setdefault((each.user_id, fold(each.text)), each)
        return list(first.values())

    @cached_property
    def permission_names(self) -> dict[int, str]:
        """The names of permissions, by id."""
        return {row.permission_id: row.permission_name for row in self._rows(tables.permissions)}

    @cached_property
    def settings(self) -> dict[str, str]:
        """The application's settings."""
        rows = self._rows(tables.settings)
        return {row.app_settings_name: row.app_settings_value or "" for row in rows}

    @property
    def names(self) -> Names:
        """What everything is called; e-mail addresses by their place in ``addresses``."""
        return {
            "user": {row.user_id: row.username or "" for row in self.users},
            "usergroup": {row.users_group_id: row.users_group_name for row in self.user_groups},
            "group": {row.group_id: row.group_name for row in self.repository_groups},
            "repository": {row.repo_id: row.repo_name for row in self.repositories},
            "email": {place: each.text for place, each in enumerate(self.addresses)},
        }

    @cached_property
    def heir_id(self) -> int:
        """The first administrator, who owns what belonged to nobody who is left."""
        admins = [user.user_id for user in self.users if user.admin and user.username != DEFAULT]
        return min(admins, default=schema.default_user_id)

    def owner(self, user_id: int | None) -> int:
        """The owner of something, or who takes his place."""
        return user_id if user_id in self.user_ids and user_id is not None else self.heir_id
