"""What an import brings, for every release: compared with what the release itself recorded."""

import pytest
from sqlalchemy import func, select

from kallithea_host import schema
from kallithea_host.auth import Caller
from kallithea_host.clock import from_epoch
from kallithea_host.config import Settings
from kallithea_host.kinds import GLOBAL_PAIRS
from kallithea_host.passwords import verify_password
from kallithea_host.testing import DATABASE_URL, lay_out, make_host
from kallithea_host.testing.reactor import TestReactor

RELEASES = ("0.3.2", "0.4.1", "0.5.2", "0.6.3", "0.7.0")
LOCKING = ("0.3.2", "0.4.1")


@pytest.fixture(scope="module", params=RELEASES)
def release(request):
    return request.param


@pytest.fixture(scope="module")
def installation(release, unpack, tmp_path_factory):
    return unpack(release, tmp_path_factory.mktemp(release))


@pytest.fixture(scope="module")
def host(installation, take_over, fresh_database, tmp_path_factory):
    """A host that took the installation over; nothing in this module changes it."""
    data_dir = tmp_path_factory.mktemp("new") / "data"
    settings = Settings(data_dir=data_dir, database_url=DATABASE_URL)
    lay_out(settings, fresh_database)
    host = make_host(settings)
    take_over(host, installation)
    yield host
    host.database.close()


@pytest.fixture(scope="module")
def clock():
    return TestReactor()


def rows(host, statement):
    with host.database.read() as db:
        return db.execute(statement).all()


def callers(installation):
    """Everybody who could do anything: the old server's word, and who asks here."""
    for name, said in installation.users.items():
        if said["active"]:
            yield said["permissions"], Caller(said["user_id"], name, said["admin"], "")


def test_everybody_may_do_with_a_repository_what_he_might_before(host, installation):
    with host.database.read() as db:
        for before, caller in callers(installation):
            now = host.permissions.all_effective(db, caller)["repository"]
            expected = {name for name in before["repositories"] if name != "unfinished"}
            assert now.keys() == expected
            assert now == {name: before["repositories"][name] for name in expected}, caller


def test_groups_differ_only_in_that_their_owners_administer_them(host, installation):
    with host.database.read() as db:
        for before, caller in callers(installation):
            now = host.permissions.all_effective(db, caller)
            for kind, old in (("group", "repositories_groups"), ("usergroup", "user_groups")):
                for name, level in before[old].items():
                    owned = owner_of(db, kind, name) == caller.user_id
                    assert now[kind][name] in {level, f"{kind}.admin"} if owned else {level}


def owner_of(db, kind, name):
    table = schema.repository_groups if kind == "group" else schema.user_groups
    return db.scalar(select(table.c.owner_id).where(table.c.group_name == name))


def test_everybody_has_the_global_permissions_he_had(host, installation):
    with host.database.read() as db:
        for before, caller in callers(installation):
            now = set(host.permissions.global_names(db, caller))
            for choice in GLOBAL_PAIRS[:3]:
                assert allowed(choice, now) == allowed(choice, before["global"]), caller


def allowed(choice, names):
    """Whether the positive one of a pair of names is among some."""
    return not {choice[-1], "hg.admin"}.isdisjoint(names)


def test_old_api_keys_answer(as_user, installation):
    asked = {"alice": "plain", "z\xf6\xeb": "plain"}
    for name in asked:
        assert as_user(name).get_user()["user_id"] == installation.users[name]["user_id"]


def test_keys_of_inactive_users_do_not_answer(as_user):
    assert as_user("carol").error("get_user") == "Invalid API key"


def test_additional_keys_keep_their_expiry(host, installation):
    keys, alice = schema.api_keys, installation.users["alice"]["user_id"]
    own = select(keys.c.description, keys.c.expires_on).where(keys.c.user_id == alice)
    assert dict(tuple(row) for row in rows(host, own.where(~keys.c.builtin))) == {
        "for ever": None,
        "future": from_epoch(4070908800),
        "past": from_epoch(1262304000),
    }


def test_old_passwords_are_right(host, installation):
    users = schema.users
    stored = dict(tuple(row) for row in rows(host, select(users.c.username, users.c.password_hash)))
    for name in ("root", "alice"):
        assert verify_password(stored[name], installation.users[name]["password"])
        assert not verify_password(stored[name], "another one")


def test_ids_stay(host, installation):
    users = schema.users
    stored = dict(tuple(row) for row in rows(host, select(users.c.username, users.c.user_id)))
    assert stored == {name: user["user_id"] for name, user in installation.users.items()}


def test_the_old_repositories_are_there_and_whole(host):
    repositories = schema.repositories.c
    found = rows(host, select(repositories.repo_name, repositories.repo_type))
    assert len(found) == 20
    for name, kind in found:
        path = host.settings.repositories / name
        backend = host.backends[kind]
        assert list(backend.verify(path)) == []
        assert backend.tip(path).message.strip() == "first"


def test_repositories_are_found_in_their_groups_with_what_was_said_of_them(as_user):
    nested = as_user("root").get_repo(repoid="top/sub/nested")
    assert nested["landing_rev"] == "branch:master"
    assert nested["owner"] == "bob"
    assert nested["created_on"].startswith("2019-05-0")
    plain = as_user("root").get_repo(repoid="plain")
    assert (plain["enable_downloads"], plain["enable_statistics"]) == (True, True)
    assert {user["username"] for user in plain["followers"]} == {"alice", "bob"}


def test_forks_know_what_they_were_made_of(as_user):
    assert as_user("gina").get_repo(repoid="plain-fork")["fork_of"] == "plain"


def test_passwords_of_remotes_are_sealed(host, as_user):
    assert as_user("root").get_repo(repoid="remote")["clone_uri"] == (
        "http://puller:hunter2@hg.example.org/some/where"
    )
    stored = select(schema.repositories.c.clone_uri).where(schema.repositories.c.clone_uri != "")
    assert rows(host, stored) == [("http://puller@hg.example.org/some/where",)]


def test_addresses_and_origins_of_users_come_along(as_user):
    alice = as_user("alice").get_user()
    assert alice["emails"] == ["alice@example.org", "alice@example.com", "alice@example.net"]
    assert alice["last_login"].startswith("2019-05-0")
    dave = as_user("root").get_user(userid="dave")
    assert (dave["extern_type"], dave["ldap_dn"]) == (
        "ldap",
        "uid=dave,ou=people,dc=example,dc=org",
    )
    assert as_user("root").get_user(userid="hugo")["emails"] == []


def test_ip_rules_come_along(as_user):
    bob = as_user("root").get_user(userid="bob")
    assert bob["ip_addresses"] == ["10.0.0.0/24", "127.0.0.1/32"]


def test_members_come_along(as_user):
    devs = as_user("root").get_user_group(usergroupid="devs")
    assert [member["username"] for member in devs["members"]] == ["alice", "frank", "gina"]
    assert not as_user("root").get_user_group(usergroupid="retired")["active"]


def test_the_journal_comes_along(host):
    journal = schema.journal.c
    assert rows(host, select(func.count()).select_from(schema.journal)) == [(26,)]
    gone = select(journal.user_id, journal.repo_name).where(journal.username == "long gone")
    assert rows(host, gone) == [(None, "gone too")]


def test_locks_come_along_where_the_release_had_them(as_user, release):
    locked = as_user("root").get_repo(repoid="locked")
    expected = ("bob", 1556938921.25) if release in LOCKING else (None, None)
    assert (locked["locked_by"], locked["locked_date"]) == expected


def test_anonymous_access_stays_as_it_was(host, installation):
    users = schema.users.c
    active = select(users.active).where(users.username == "default")
    assert rows(host, active) == [(installation.users["default"]["active"],)]


def test_the_rule_is_that_of_the_release(host, release):
    settings = schema.settings.c
    stored = select(settings.value).where(settings.name == "permission_rule")
    assert rows(host, stored) == ([] if release in LOCKING else [("highest",)])
