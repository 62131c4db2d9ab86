"""Permission rows that give everybody here what he had there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from kallithea_host import schema
from kallithea_host.importing import tables
from kallithea_host.kinds import GLOBAL_NAMES, GLOBAL_PAIRS, LEVEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Row, Table

    from kallithea_host.importing.reading import Old

_CONFIGURABLE: Final = frozenset().union(*GLOBAL_PAIRS[:3])
"""What users and groups that do not inherit are without, unless it is said of them."""


def on_objects(old: Old, kind: str) -> tuple[dict[tuple[int, int], int], dict[Any, int]]:
    """The levels on one kind of object, of users and of user groups, by grantee and object.

    Where several rows are about one pair, the one counts that counted in the old release.
    """
    of_users, of_groups = (_levels(old, table, kind) for table in tables.grants[kind])
    users: dict[tuple[int, int], int] = {}
    for pair, level in of_users:
        everybody = pair[0] == schema.default_user_id
        highest = old.source.highest_wins and not everybody
        users[pair] = max(level, users.get(pair, 0)) if highest else level
    groups: dict[tuple[int, int], int] = {}
    for pair, level in of_groups:
        groups[pair] = max(level, groups.get(pair, 0))
    return users, groups


def _levels(old: Old, table: Table, kind: str) -> Iterator[tuple[tuple[int, int], int]]:
    for row in old.source.rows(table):
        _, grantee_id, permission_id, object_id = tuple(row)
        named, level = LEVEL_NAMES.get(old.permission_names.get(permission_id, ""), (None, None))
        if named is not None and named.prefix == kind and level is not None:
            yield (grantee_id, object_id), int(level)


def global_names(old: Old) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The global names of users and of user groups, by id.

    Here a user's own row replaces what the others say. Where that would give him something else
    than he had, his rows are made to say what he had: that is what becomes of
    ``inherit_default_permissions``.
    """
    own, of_groups = _named(old, tables.user_names), _named(old, tables.group_names)
    everybody = own.pop(schema.default_user_id, [])
    users = [(schema.default_user_id, name) for name in everybody]
    for user in old.users:
        if user.user_id != schema.default_user_id:
            groups = _active_groups(old, user.user_id, of_groups)
            mine = own.get(user.user_id, [])
            users += [
                (user.user_id, name) for name in _folded(user, mine, everybody, groups, of_groups)
            ]
    known = {group.users_group_id for group in old.user_groups}
    groups_rows = [
        (group_id, name)
        for group_id, names in of_groups.items()
        if group_id in known
        for name in names
        if name in GLOBAL_NAMES
    ]
    return users, groups_rows


def _named(old: Old, table: Table) -> dict[int, list[str]]:
    """The names of a table's rows by grantee: those known here, each but once."""
    named: dict[int, dict[str, None]] = defaultdict(dict)
    for row in old.source.rows(table):
        _, grantee_id, permission_id = tuple(row)
        name = old.permission_names.get(permission_id, "")
        if name in GLOBAL_NAMES or name in LEVEL_NAMES:
            named[grantee_id][name] = None
    return {grantee_id: list(names) for grantee_id, names in named.items()}


def _active_groups(old: Old, user_id: int, having: dict[int, list[str]]) -> Sequence[Row[Any]]:
    return [
        group
        for group in old.user_groups
        if group.users_group_active
        and group.users_group_id in having
        and (group.users_group_id, user_id) in old.members
    ]


def _folded(
    user: Row[Any],
    mine: Sequence[str],
    everybody: Sequence[str],
    groups: Sequence[Row[Any]],
    of_groups: dict[int, list[str]],
) -> Iterator[str]:
    """The names a user has to be given himself, one of a choice at most."""
    had = set(everybody)
    others = set(everybody)
    for group in groups:
        if group.users_group_inherit_default_permissions is False:
            had -= _CONFIGURABLE
        had.update(of_groups[group.users_group_id])
        others.update(of_groups[group.users_group_id])
    if user.inherit_default_permissions is False:
        had -= _CONFIGURABLE
    if not user.inherit_default_permissions:  # False, or a release without the flag
        had.update(mine)
    for choice in GLOBAL_PAIRS:
        wanted = _decided(choice, had)
        stays = any(name in mine for name in choice) and _decided(choice, mine) == wanted
        if stays or _decided(choice, others) != wanted:
            yield wanted


def _decided(choice: Sequence[str], names: Iterable[str]) -> str:
    """The most permissive name of a choice that is said, or the one for nothing."""
    said = {*names}
    return next((name for name in reversed(choice) if name in said), choice[0])
