"""The rules on objects, situation by situation, as ``get_user`` shows them."""

from dataclasses import dataclass

import pytest

from kallithea_host.testing import overriding

MAPS = {
    "repository": "repositories",
    "group": "repositories_groups",
    "usergroup": "user_groups",
}


@pytest.fixture(params=["most_specific", "highest"])
def settings(settings, request):
    return overriding(settings, permission_rule=request.param)


@dataclass
class Case:
    """A situation of an ordinary user, and the level he has under either rule."""

    about: str
    most_specific: str | None
    highest: str | None
    default: str | None = "read"
    groups: tuple[str, ...] = ()
    inactive: tuple[str, ...] = ()
    own: str | None = None
    owner: bool = False
    private: bool = False

    def __str__(self):
        return self.about.replace(" ", "-")


CASES = [
    Case("nothing but the default", "read", "read"),
    Case("own row none", "none", "read", own="none"),
    Case("group write and own row none", "none", "write", groups=("write",), own="none"),
    Case("group none", "none", "read", groups=("none",)),
    Case("group write", "write", "write", groups=("write",)),
    Case("group write and own row read", "read", "write", groups=("write",), own="read"),
    Case("own row admin", "admin", "admin", own="admin"),
    Case("own row write over default admin", "write", "admin", default="admin", own="write"),
    Case("owner", "admin", "admin", owner=True),
    Case("owner with own row none", "admin", "admin", own="none", owner=True),
    Case("owner with group none", "admin", "admin", groups=("none",), owner=True),
    Case("inactive group with write", "read", "read", inactive=("write",)),
    Case("inactive group with none", "read", "read", inactive=("none",)),
    Case("inactive and active group", "write", "write", inactive=("admin",), groups=("write",)),
    Case("the highest of several groups", "write", "write", groups=("none", "write", "read")),
    Case("groups below the default", "read", "write", default="write", groups=("none", "read")),
    Case("default none", "none", "none", default="none"),
    Case("default none and group read", "read", "read", default="none", groups=("read",)),
    Case("no default row", None, None, default=None),
    Case("no default row but own none", "none", "none", default=None, own="none"),
    Case("no default row but group none", "none", "none", default=None, groups=("none",)),
    Case("no default row but own write", "write", "write", default=None, own="write"),
    Case("no default row but group read", "read", "read", default=None, groups=("read",)),
    Case("no default row but owner", "admin", "admin", default=None, owner=True),
]
SAME_FOR_ALL_KINDS = [  # the others are in the test against a model
    case
    for case in CASES
    if case.about
    in {
        "group none",
        "group write and own row read",
        "owner with own row none",
        "inactive group with write",
        "the highest of several groups",
        "no default row",
    }
]
PRIVATE = [
    Case("private", "none", "none", private=True),
    Case("private with default admin", "none", "none", default="admin", private=True),
    Case("private and own row read", "read", "read", own="read", private=True),
    Case("private and own row none", "none", "none", own="none", private=True),
    Case("private and group write", "write", "write", groups=("write",), private=True),
    Case("private and group none", "none", "none", groups=("none",), private=True),
    Case("private and inactive group", "none", "none", inactive=("write",), private=True),
    Case("private and owner", "admin", "admin", owner=True, private=True),
    Case("private without a default row", None, None, default=None, private=True),
]


def make(world, kind, case, bob):
    """The object of a case, with the rows on it."""
    owner = {"owner_id": bob} if case.owner else {}
    if kind == "repository":
        object_id = world.repository("thing", private=case.private, **owner)
    elif kind == "group":
        object_id = world.repository_group("thing", **owner)
    else:
        object_id = world.user_group("thing", **owner)
    if case.default:
        world.grant(f"{kind}.{case.default}", object_id, user_id=1)
    if case.own:
        world.grant(f"{kind}.{case.own}", object_id, user_id=bob)
    for number, level in enumerate((*case.groups, *case.inactive)):
        active = number < len(case.groups)
        group_id = world.user_group(f"group-{number}", bob, active=active)
        world.grant(f"{kind}.{level}", object_id, users_group_id=group_id)


@pytest.mark.parametrize("case", [*CASES, *PRIVATE], ids=str)
def test_a_users_permission_on_a_repository(api, host, world, bob, case):
    check(api, host, world, bob, "repository", case)


@pytest.mark.parametrize("case", SAME_FOR_ALL_KINDS, ids=str)
@pytest.mark.parametrize("kind", ["group", "usergroup"])
def test_a_users_permission_on_a_group(api, host, world, bob, kind, case):
    check(api, host, world, bob, kind, case)


def check(api, host, world, bob, kind, case):
    make(world, kind, case, bob)
    shown = api.as_user("bob").get_user()["permissions"][MAPS[kind]]
    level = getattr(case, host.settings.permission_rule)
    assert shown.get("thing") == (f"{kind}.{level}" if level else None)


@pytest.mark.parametrize("case", [CASES[0], CASES[1], CASES[3], PRIVATE[0], PRIVATE[-1]], ids=str)
def test_an_administrator_is_admin_whatever_the_rows(api, world, case):
    boss = world.user("boss", admin=True)
    make(world, "repository", case, boss)
    shown = api.as_user("boss").get_user()["permissions"]["repositories"]
    assert shown == {"thing": "repository.admin"}


def test_other_users_rows_and_groups_do_not_count(api, world, bob, repo):
    carol = world.user("carol")
    world.grant("repository.admin", repo, user_id=carol)
    world.grant("repository.admin", repo, users_group_id=world.user_group("hers", carol))
    shown = api.as_user("bob").get_user()["permissions"]["repositories"]
    assert shown == {"some/repo": "repository.read"}


def test_owning_a_repository_group_gives_nothing_on_what_is_in_it(api, world, bob, repo):
    world.repository_group("some", owner_id=bob)
    shown = api.as_user("bob").get_user()["permissions"]["repositories"]
    assert shown == {"some/repo": "repository.read"}


def test_pending_repositories_are_nobodys(api, world, bob):
    world.repository("new", owner_id=bob, pending=True)
    assert api.as_user("bob").get_user()["permissions"]["repositories"] == {}
    assert api.get_user()["permissions"]["repositories"] == {}


def test_the_user_default_sees_what_everybody_sees(api, world, repo):
    hidden = world.repository("hidden", private=True)
    world.grant("repository.write", hidden, user_id=1)
    assert api.get_user(userid="default")["permissions"]["repositories"] == {
        "hidden": "repository.none",
        "some/repo": "repository.read",
    }
