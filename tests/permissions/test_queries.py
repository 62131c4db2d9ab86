"""How the database finds out who may see what."""

import pytest
from sqlalchemy import false, select, true

from kallithea_host import Caller, Ident, Level
from kallithea_host.kinds import KINDS, REPOSITORY
from kallithea_host.permissions import PermissionCheck, Permissions
from kallithea_plugins.permissions.rules import GrantedPermissions

BOB = Caller(3, "bob", admin=False, address="")


def plan(db, statement):
    """SQLite's plan of a statement, a line each."""
    text = statement.compile(db, compile_kwargs={"literal_binds": True})
    return [row.detail for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]


@pytest.mark.parametrize("rule", ["most_specific", "highest"])
@pytest.mark.parametrize("prefix", KINDS)
def test_a_list_reads_its_table_once_and_searches_the_rows_by_index(host, rule, prefix):
    if host.settings.database_url:
        pytest.skip("the plan is SQLite's")
    kind, permissions = KINDS[prefix], Permissions([GrantedPermissions(rule)])
    with host.database.read() as db:
        allowed = permissions.condition(db, BOB, kind, Level.READ)
        steps = plan(db, select(kind.table).where(allowed))
    assert [step for step in steps if step.startswith("SCAN")] == [f"SCAN {kind.table.name}"]
    unique = f"sqlite_autoindex_{kind.grants.users.name}_1 (user_id=? AND object_id=?)"
    assert sum(unique in step for step in steps) == 2


def test_one_object_is_found_by_its_key(host):
    if host.settings.database_url:
        pytest.skip("the plan is SQLite's")
    permissions = Permissions([GrantedPermissions("most_specific")])
    with host.database.read() as db:
        allowed = permissions.condition(db, BOB, REPOSITORY, Level.READ)
        by_id = plan(db, select(REPOSITORY.table).where(REPOSITORY.id == 1, allowed))
    assert not [step for step in by_id if step.startswith("SCAN")]


class Opinion(PermissionCheck):
    """Another plugin's check, with one opinion on all repositories."""

    def __init__(self, opinion):
        self._opinion = opinion

    def may_on(self, db, caller, kind, level):
        return self._opinion


@pytest.mark.parametrize("stated", [True, true()], ids=["python", "sql"])
def test_another_check_may_give_more_than_the_rows(host, world, bob, stated):
    repo_id = world.repository("secret", private=True)
    permissions = Permissions([GrantedPermissions("most_specific"), Opinion(stated)])
    with host.database.read() as db:
        found = permissions.find(db, BOB, REPOSITORY, Ident(repo_id), Level.WRITE)
        assert found.repo_name == "secret"
        assert permissions.effective(db, BOB, REPOSITORY) == {"secret": "repository.admin"}


@pytest.mark.parametrize("stated", [False, false()], ids=["python", "sql"])
def test_another_check_may_refuse_what_the_rows_give(host, world, bob, stated):
    repo_id = world.repository("his own", owner_id=bob)
    permissions = Permissions([GrantedPermissions("most_specific"), Opinion(stated)])
    with host.database.read() as db:
        assert permissions.find(db, BOB, REPOSITORY, Ident(repo_id), Level.READ) is None


def test_another_check_without_an_opinion_changes_nothing(host, world, bob):
    world.repository("his own", owner_id=bob)
    world.repository("other")
    permissions = Permissions([GrantedPermissions("most_specific"), Opinion(None)])
    with host.database.read() as db:
        assert permissions.effective(db, BOB, REPOSITORY) == {"his own": "repository.admin"}
