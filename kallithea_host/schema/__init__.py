"""The tables that plugins share, one module a family, as SQLAlchemy Core tables.

They belong to the host so that plugins need not import each other. Constraints, not code, keep
names unique: every name has a folded twin column (``names.fold``) under a unique constraint. The
name itself, which lookups compare, has an index.
"""

from kallithea_host.schema.base import metadata
from kallithea_host.schema.journal import followers, journal
from kallithea_host.schema.permissions import (
    default_user_id,
    grants,
    user_group_permissions,
    user_permissions,
)
from kallithea_host.schema.repositories import repositories, repository_groups
from kallithea_host.schema.sessions import sessions
from kallithea_host.schema.state import intents, settings, trash
from kallithea_host.schema.user_groups import user_group_members, user_groups
from kallithea_host.schema.users import api_keys, emails, user_addresses, users

__all__ = [
    "api_keys",
    "default_user_id",
    "emails",
    "followers",
    "grants",
    "intents",
    "journal",
    "metadata",
    "repositories",
    "repository_groups",
    "sessions",
    "settings",
    "trash",
    "user_addresses",
    "user_group_members",
    "user_group_permissions",
    "user_groups",
    "user_permissions",
    "users",
]
