"""Ten roles and every method: who gets a result, and what the others are told."""

from datetime import timedelta

import pytest

from kallithea_host import accounts, keys, schema
from kallithea_host.clock import now
from tests.factories import World

ROLES = [
    "no key", "wrong", "expired", "inactive", "refused IP",
    "stranger", "reader", "writer", "owner", "administrator",
]  # fmt: skip

ANSWERS = {
    "M": "Incorrect JSON query missing 'api_key'",
    "K": "Invalid API key",
    "I": "request from IP:127.0.0.1 not allowed",
    "D": "Access was denied to this resource.",
    "R": "repository `team/{role}` does not exist",
    "U": "user group `{role}s` does not exist",
    "Q": "repository group `{role} group` does not exist",
    "G": "no permission to create repo in team",
    "S": "userid is not the same as your user",
    "E": "failed to get repo: `team/{role}` nodes",  # he may, and the repository is empty
    "F": "failed to get repo: `team/{role}` changesets",  # he may, and nothing is on the disk
    "N": "No such method: get_users",  # none that he may call
    "P": "Unable to pull changes from `team/{role}`",  # he may, and there is no address
    "y": "",
}
"""What each letter of the table stands for; ``y`` is a result. Each role has its own objects."""

#                              no key, wrong, expired, inactive, refused IP,
#                              stranger, reader, writer, owner, administrator
TABLE = {
    "get_ip":                       "MKKKI DDDDy",
    "get_user":                     "MKKKI SSSSy",
    "get_users":                    "MKKKI DDDDy",
    "create_user":                  "MKKKI DDDDy",
    "update_user":                  "MKKKI DDDDy",
    "delete_user":                  "MKKKI DDDDy",
    "get_user_group":               "MKKKI Uyyyy",
    "get_user_groups":              "MKKKI yyyyy",
    "create_user_group":            "MKKKI DDDDy",
    "update_user_group":            "MKKKI UUUyy",
    "delete_user_group":            "MKKKI UUUyy",
    "add_user_user_group":          "MKKKI UUUyy",
    "remove_user_from_user_group":  "MKKKI UUUyy",
    "get_repo":                     "MKKKI Ryyyy",
    "get_repos":                    "MKKKI yyyyy",
    "get_repo_nodes":               "MKKKI REEEE",
    "get_changesets":               "MKKKI RFFFF",
    "get_changeset":                "MKKKI RFFFF",
    "create_repo":                  "MKKKI GGyyy",
    "update_repo":                  "MKKKI RRRyy",
    "fork_repo":                    "MKKKI RGyyy",
    "delete_repo":                  "MKKKI RRRyy",
    "pull":                         "MKKKI DDDDP",
    "rescan_repos":                 "MKKKI DDDDy",
    "invalidate_cache":             "MKKKI RRyyy",
    "lock":                         "MKKKI RRyyy",
    "get_locks":                    "MKKKI SSSSy",
    "get_server_info":              "MKKKI DDDDy",
    "test":                         "MKKKI DDDDy",
    "grant_user_permission":        "MKKKI DDDDy",
    "revoke_user_permission":       "MKKKI DDDDy",
    "grant_user_group_permission":  "MKKKI RRRyy",
    "revoke_user_group_permission": "MKKKI RRRyy",
    "get_repo_group":               "MKKKI DDDDy",
    "get_repo_groups":              "MKKKI DDDDy",
    "create_repo_group":            "MKKKI DDDDy",
    "update_repo_group":            "MKKKI DDDDy",
    "delete_repo_group":            "MKKKI DDDDy",
    "grant_user_permission_to_repo_group":         "MKKKI QQQyy",
    "revoke_user_permission_from_repo_group":      "MKKKI QQQyy",
    "grant_user_group_permission_to_repo_group":   "MKKKI QQQyy",
    "revoke_user_group_permission_from_repo_group": "MKKKI QQQyy",
    "rpc.discover":                 "MKKKI yyyyy",
    "system.listMethods":           "MKKKI yyyyy",
    "system.methodHelp":            "MKKKI NNNNy",
    "system.methodSignature":       "MKKKI NNNNy",
}  # fmt: skip

REPOSITORY = {"repoid": "team/{role}"}
GROUP = {"usergroupid": "{role}s"}
REPO_GROUP = {"repogroupid": "{role} group"}
VICTIM = {"userid": "victim of {role}"}
ARGUMENTS = {
    "get_ip": {},
    "get_user": VICTIM,
    "get_users": {},
    "create_user": {"username": "new-{role}", "email": "new@example.org"},
    "update_user": VICTIM | {"firstname": "V"},
    "delete_user": VICTIM,
    "get_user_group": GROUP,
    "get_user_groups": {},
    "create_user_group": {"group_name": "new-{role}"},
    "update_user_group": GROUP | {"active": False},
    "delete_user_group": GROUP,
    "add_user_user_group": GROUP | VICTIM,
    "remove_user_from_user_group": GROUP | VICTIM,
    "get_repo": REPOSITORY,
    "get_repos": {},
    "get_repo_nodes": REPOSITORY | {"revision": "tip", "root_path": ""},
    "get_changesets": REPOSITORY,
    "get_changeset": REPOSITORY | {"raw_id": "tip"},
    "create_repo": {"repo_name": "team/new-{role}"},
    "update_repo": REPOSITORY | {"description": "x"},
    "fork_repo": REPOSITORY | {"fork_name": "team/new-{role}"},
    "delete_repo": REPOSITORY,
    "pull": REPOSITORY,
    "rescan_repos": {},
    "invalidate_cache": REPOSITORY,
    "lock": REPOSITORY | {"locked": True},
    "get_locks": VICTIM,
    "get_server_info": {},
    "test": {"args": "x"},
    "grant_user_permission": REPOSITORY | VICTIM | {"perm": "repository.read"},
    "revoke_user_permission": REPOSITORY | VICTIM,
    "grant_user_group_permission": REPOSITORY | GROUP | {"perm": "repository.read"},
    "revoke_user_group_permission": REPOSITORY | GROUP,
    "get_repo_group": REPO_GROUP,
    "get_repo_groups": {},
    "create_repo_group": {"group_name": "new-{role}"},
    "update_repo_group": REPO_GROUP | {"group_name": "new-{role}"},
    "delete_repo_group": REPO_GROUP,
    "grant_user_permission_to_repo_group": REPO_GROUP | VICTIM | {"perm": "group.read"},
    "revoke_user_permission_from_repo_group": REPO_GROUP | VICTIM,
    "grant_user_group_permission_to_repo_group": REPO_GROUP | GROUP | {"perm": "group.read"},
    "revoke_user_group_permission_from_repo_group": REPO_GROUP | GROUP,
    "rpc.discover": {},
    "system.listMethods": {},
    "system.methodHelp": {"method": "get_users"},
    "system.methodSignature": {"method": "get_users"},
}


MIGHTY = ("expired", "inactive", "refused IP", "administrator")


def add_key(host, db, user_id, role):
    key = keys.generate()
    expires_on = now() - timedelta(seconds=1) if role == "expired" else None
    accounts.add_key(db, host.vault, user_id, key, builtin=False, expires_on=expires_on)
    return key


def populate(host):
    """The objects that the arguments name, and a key for each role; who is refused is mighty."""
    role_keys = {"no key": None, "wrong": "0" * 40}
    with host.database.write() as db:
        world = World(host, db)
        team = world.repository_group("team")
        for role in ROLES:
            user_id = world.user(role, admin=role in MIGHTY, active=role != "inactive")
            role_keys.setdefault(role, add_key(host, db, user_id, role))
            add_objects(world, role, user_id, team)
            if role == "refused IP":
                world.add(schema.user_addresses, user_id=user_id, network="10.0.0.0/8")
    return role_keys


def add_objects(world, role, user_id, team):
    """What belongs to a role: a repository, a user group, a user that something happens to."""
    owner_id = user_id if role == "owner" else 2
    objects = [
        ("repository", world.repository(f"team/{role}", owner_id=owner_id, group_id=team)),
        ("group", team),
        ("group", world.repository_group(f"{role} group", owner_id=owner_id)),
        ("usergroup", world.user_group(f"{role}s", owner_id=owner_id)),
    ]
    level = {"reader": "read", "writer": "write", "owner": "write"}.get(role)
    for prefix, object_id in objects if level else ():
        world.grant(f"{prefix}.{level}", object_id, user_id=user_id)
    world.user(f"victim of {role}")


def answer(api, method, role, key):
    args = {
        name: value.format(role=role) if isinstance(value, str) else value
        for name, value in ARGUMENTS[method].items()
    }
    request = {"id": 1, "api_key": key, "method": method, "args": args}
    if key is None:
        del request["api_key"]
    reply = api.ask(request)
    assert reply["error"] is None or reply["result"] is None
    return reply["error"] or ""


@pytest.mark.parametrize("method", TABLE)
def test_each_role_is_answered_as_the_table_says(api, host, method):
    role_keys = populate(host)
    if method in {"fork_repo", "invalidate_cache"}:
        (host.settings.repositories / "team").mkdir()
        for role in ROLES:
            host.backends["hg"].create(host.settings.repositories / "team" / role)
    answered = {role: answer(api, method, role, role_keys[role]) for role in ROLES}
    letters = zip(ROLES, TABLE[method].replace(" ", ""), strict=True)
    assert answered == {role: ANSWERS[letter].format(role=role) for role, letter in letters}


def test_every_method_is_in_the_table(host):
    declared = {method.name for method in host.registry.methods.values()}
    assert declared == set(TABLE) == set(ARGUMENTS)


def test_the_table_asks_for_every_role():
    assert {len(row.replace(" ", "")) for row in TABLE.values()} == {len(ROLES)}


def test_lists_hold_what_the_role_may_see(api, host):
    role_keys = populate(host)
    everything = [f"team/{role}" for role in sorted(ROLES)]
    seen = {
        "stranger": [],
        "reader": ["team/reader"],
        "writer": ["team/writer"],
        "owner": ["team/owner"],
        "administrator": everything,
    }
    for role, names in seen.items():
        caller = api.as_key(role_keys[role])
        assert [each["repo_name"] for each in caller.get_repos()] == names
        groups = [name.removeprefix("team/") + "s" for name in names]
        assert sorted(each["group_name"] for each in caller.get_user_groups()) == groups
        assert caller.get_user()["username"] == role
