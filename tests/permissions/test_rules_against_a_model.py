"""What the database answers, held against the rules written down a second time in plain Python."""

from contextlib import suppress
from dataclasses import dataclass

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from kallithea_host import Caller, Ident, Level
from kallithea_host.kinds import KINDS, REPOSITORY
from kallithea_host.permissions import Permissions
from kallithea_plugins.permissions.rules import GrantedPermissions
from tests.factories import ADMIN, DEFAULT, World

BOB, CAROL = 3, 4
OBJECTS = GROUPS = (1, 2, 3)
levels = st.sampled_from(Level)


def some(keys):
    """Levels for some of the keys."""
    return st.dictionaries(st.sampled_from(keys), levels, max_size=len(keys))


@dataclass(frozen=True)
class Rows:
    """Everything that decides; grantees and objects are numbers from 1."""

    owners: tuple[int, ...]
    private: tuple[bool, ...]
    active: tuple[bool, ...]
    members: frozenset[tuple[int, int]]
    """Group and user."""
    of_users: dict[tuple[int, int], Level]
    of_groups: dict[tuple[int, int], Level]
    """Grantee and object."""


def three(strategy):
    return st.tuples(strategy, strategy, strategy)


rows_drawn = st.builds(
    Rows,
    owners=three(st.sampled_from((ADMIN, BOB, CAROL))),
    private=three(st.booleans()),
    active=three(st.booleans()),
    members=st.frozensets(
        st.tuples(st.sampled_from(GROUPS), st.sampled_from((DEFAULT, BOB, CAROL)))
    ),
    of_users=some([(user, thing) for user in (DEFAULT, BOB, CAROL) for thing in OBJECTS]),
    of_groups=some([(group, thing) for group in GROUPS for thing in OBJECTS]),
)


def model(rule, rows, kind, user_id, thing):
    """The level a user has on an object."""
    if user_id == ADMIN or rows.owners[thing - 1] == user_id:
        return Level.ADMIN
    own = rows.of_users.get((user_id, thing)) if user_id != DEFAULT else None
    groups = [
        rows.of_groups[group, thing]
        for group in GROUPS
        if (group, user_id) in rows.members
        and rows.active[group - 1]
        and (group, thing) in rows.of_groups
    ]
    default = rows.of_users.get((DEFAULT, thing), Level.NONE)
    if kind is REPOSITORY and rows.private[thing - 1]:
        default = Level.NONE
    if rule == "highest":
        return max([default, *groups, *([] if own is None else [own])])
    return own if own is not None else max(groups, default=default)


def store(world, rows, kind):
    world.user("bob", user_id=BOB)
    world.user("carol", user_id=CAROL)
    owners = rows.owners if kind.prefix == "usergroup" else (ADMIN, ADMIN, ADMIN)
    for group, owner_id, active in zip(GROUPS, owners, rows.active, strict=True):
        world.user_group(f"thing-{group}", users_group_id=group, owner_id=owner_id, active=active)
    for group, user in rows.members:
        world.member(group, user)
    for thing, owner_id, private in zip(OBJECTS, rows.owners, rows.private, strict=True):
        if kind.prefix == "repository":
            world.repository(f"thing-{thing}", repo_id=thing, owner_id=owner_id, private=private)
        elif kind.prefix == "group":
            world.repository_group(f"thing-{thing}", group_id=thing, owner_id=owner_id)
    for (user, thing), level in rows.of_users.items():
        world.grant(kind.permission(level), thing, user_id=user)
    for (group, thing), level in rows.of_groups.items():
        world.grant(kind.permission(level), thing, users_group_id=group)


class Undone(Exception):
    """Ends a transaction without a trace."""


@given(  # all is drawn: with pytest-twisted, what is drawn cannot be parametrized as well
    rows=rows_drawn,
    prefix=st.sampled_from(list(KINDS)),
    rule=st.sampled_from(["most_specific", "highest"]),
)
@hypothesis_settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_lists_lookups_and_effective_permissions_agree_with_the_model(host, rule, prefix, rows):
    kind, permissions = KINDS[prefix], Permissions([GrantedPermissions(rule)])
    with suppress(Undone), host.database.write() as db:
        store(World(host, db), rows, kind)
        for user_id, name in ((DEFAULT, "default"), (ADMIN, "admin"), (BOB, "bob")):
            caller = Caller(user_id, name, name == "admin", "")
            expected = {n: model(rule, rows, kind, user_id, n) for n in OBJECTS}
            for level in Level:
                listed = select(kind.id).where(permissions.condition(db, caller, kind, level))
                enough = {n for n in OBJECTS if expected[n] >= level}
                assert set(db.scalars(listed)) == enough
                found = {n for n in OBJECTS if permissions.find(db, caller, kind, Ident(n), level)}
                assert found == enough
            shown = permissions.effective(db, caller, kind)
            assert {n: shown.get(f"thing-{n}", kind.permission(0)) for n in OBJECTS} == {
                n: kind.permission(level) for n, level in expected.items()
            }
        raise Undone
