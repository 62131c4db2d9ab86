"""The tables of Kallithea's own database, as far as the import reads them.

Columns that only some releases have are optional: where one is missing, null is read.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, MetaData, String, Table

_metadata: Final = MetaData()


def _table(name: str, *columns: Column[object]) -> Table:
    return Table(name, _metadata, *columns)


def _id(name: str) -> Column[object]:
    return Column(name, Integer)


def _text(name: str) -> Column[object]:
    return Column(name, String)


def _flag(name: str) -> Column[object]:
    return Column(name, Boolean)


def _time(name: str) -> Column[object]:
    return Column(name, DateTime)


users = _table(
    "users",
    _id("user_id"),
    *map(_text, ("username", "password", "firstname", "lastname", "email", "api_key")),
    *map(_text, ("extern_type", "extern_name")),
    *map(_flag, ("active", "admin", "inherit_default_permissions")),
    *map(_time, ("last_login", "created_on")),
)
emails = _table("user_email_map", _id("email_id"), _id("user_id"), _text("email"))
api_keys = _table(
    "user_api_keys",
    *map(_id, ("user_api_key_id", "user_id")),
    *map(_text, ("api_key", "description")),
    Column("expires", Float),
    _time("created_on"),
)
networks = _table("user_ip_map", _id("ip_id"), _id("user_id"), _text("ip_addr"))
user_groups = _table(
    "users_groups",
    *map(_id, ("users_group_id", "user_id")),
    *map(_text, ("users_group_name", "user_group_description")),
    *map(_flag, ("users_group_active", "users_group_inherit_default_permissions")),
    _time("created_on"),
)
members = _table(
    "users_groups_members", *map(_id, ("users_group_member_id", "users_group_id", "user_id"))
)
repository_groups = _table(
    "groups",
    *map(_id, ("group_id", "user_id")),
    *map(_text, ("group_name", "group_description")),
    _time("created_on"),
)
repositories = _table(
    "repositories",
    *map(_id, ("repo_id", "user_id", "fork_id")),
    *map(_text, ("repo_name", "repo_state", "clone_uri", "repo_type", "description")),
    *map(_text, ("landing_revision", "locked")),
    *map(_flag, ("private", "statistics", "downloads", "enable_locking")),
    _time("created_on"),
)
followings = _table(
    "user_followings",
    *map(_id, ("user_following_id", "user_id", "follows_repository_id")),
    _time("follows_from"),
)
journal = _table(
    "user_logs",
    *map(_id, ("user_log_id", "user_id", "repository_id")),
    *map(_text, ("username", "repository_name", "user_ip", "action")),
    _time("action_date"),
)
settings = _table("settings", *map(_text, ("app_settings_name", "app_settings_value")))
permissions = _table("permissions", _id("permission_id"), _text("permission_name"))


def _rows(name: str, key: str, grantee: str, target: str | None = None) -> Table:
    """Permission rows: who (``grantee``), on what (``target``), which permission."""
    columns = [key, grantee, "permission_id"] + ([target] if target else [])
    return _table(name, *map(_id, columns))


user_names = _rows("user_to_perm", "user_to_perm_id", "user_id")
group_names = _rows("users_group_to_perm", "users_group_to_perm_id", "users_group_id")

grants: Final = {
    "repository": (
        _rows("repo_to_perm", "repo_to_perm_id", "user_id", "repository_id"),
        _rows(
            "users_group_repo_to_perm", "users_group_to_perm_id", "users_group_id", "repository_id"
        ),
    ),
    "group": (
        _rows("user_repo_group_to_perm", "group_to_perm_id", "user_id", "group_id"),
        _rows(
            "users_group_repo_group_to_perm",
            "users_group_repo_group_to_perm_id",
            "users_group_id",
            "group_id",
        ),
    ),
    "usergroup": (
        _rows("user_user_group_to_perm", "user_user_group_to_perm_id", "user_id", "user_group_id"),
        _rows(
            "user_group_user_group_to_perm",
            "user_group_user_group_to_perm_id",
            "user_group_id",
            "target_user_group_id",
        ),
    ),
}
"""Rows on each kind of object, of users and of user groups; their columns in the order of
``_rows``: key, grantee, permission, object."""

REQUIRED: Final = frozenset(_metadata.tables)
"""What every release has."""

WITHOUT_COUNTERPART: Final = {
    "gists": "gists",
    "pull_requests": "pull requests",
    "changeset_comments": "comments",
    "changeset_statuses": "review states of changesets",
    "repositories_fields": "extra fields of repositories",
    "statistics": "statistics",
    "notifications": "notifications",
    "user_ssh_keys": "SSH keys",
    "ui": "settings of Mercurial and its hooks",
}
"""Tables that are only counted, and what their rows are."""
