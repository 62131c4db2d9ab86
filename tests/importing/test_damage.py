"""Databases that have been through a lot: rows that point nowhere, and values of old times."""

import time

import pytest
from sqlalchemy import func, select

from kallithea_host import schema
from kallithea_host.importing import planning, source


def one(host, statement):
    with host.database.read() as db:
        return db.execute(statement).one()


def notes(host, installation):
    with source.opened(installation.url) as old:
        return planning.plan(
            old, installation.root, host.settings.repositories, host.backends, []
        ).notes


def test_what_belonged_to_nobody_belongs_to_the_first_administrator(
    host, installation, take_over, as_user
):
    installation.change("UPDATE repositories SET user_id = 99 WHERE repo_name = 'plain'")
    text = "its owner is gone: it belongs to the first administrator"
    assert ("repository `plain`", text) in notes(host, installation)
    take_over(host, installation)
    assert as_user("root").get_repo(repoid="plain")["owner"] == "root"


def test_rows_that_point_nowhere_are_left_out(host, installation, take_over):
    installation.change(
        "INSERT INTO users_groups_members VALUES (90, 1, 99)",
        "INSERT INTO user_email_map VALUES (90, 99, 'nobody@example.org')",
        "INSERT INTO user_ip_map VALUES (90, 99, '10.0.0.0/8', 1)",
        "INSERT INTO repo_to_perm VALUES (900, 99, 3, 1)",
        "UPDATE user_logs SET user_id = 99, repository_id = 99 WHERE user_log_id = 1",
        "UPDATE repositories SET fork_id = 99 WHERE repo_name = 'plain-fork'",
    )
    take_over(host, installation)
    journal = schema.journal.c
    first = select(journal.user_id, journal.repo_id).where(journal.entry_id == 1)
    assert tuple(one(host, first)) == (None, None)


def test_hashes_that_are_not_of_bcrypt_are_not_kept(host, installation, take_over):
    installation.change(f"UPDATE users SET password = '{'0' * 64}' WHERE username = 'bob'")
    text = "needs a new password: its hash is not of bcrypt"
    assert ("user `bob`", text) in notes(host, installation)
    take_over(host, installation)
    stored = select(schema.users.c.password_hash).where(schema.users.c.username == "bob")
    assert one(host, stored) == (None,)


def test_who_had_no_key_gets_one(host, installation, take_over):
    installation.change("UPDATE users SET api_key = 'short' WHERE username = 'bob'")
    text = "gets a new API key: the old one was none"
    assert ("user `bob`", text) in notes(host, installation)
    take_over(host, installation)
    keys = select(func.count()).select_from(schema.api_keys).where(schema.api_keys.c.builtin)
    assert one(host, keys) == (11,)


@pytest.mark.parametrize(("release", "told"), [("0.4.1", True), ("0.5.2", False)])
def test_who_could_call_although_he_was_not_active_is_told(host, installation, told):
    line = ("user `carol`", "is not active: his API keys are refused here")
    assert (line in notes(host, installation)) is told


def test_of_two_rows_of_a_user_on_a_repository_the_higher_counts(host, installation, take_over):
    installation.change(
        "INSERT INTO repo_to_perm SELECT 900, 4, permission_id, 1 FROM permissions"
        " WHERE permission_name = 'repository.write'",
        "INSERT INTO repo_to_perm SELECT 901, 4, permission_id, 1 FROM permissions"
        " WHERE permission_name = 'repository.none'",
    )
    take_over(host, installation)
    rows = schema.grants["repository"].users.c
    assert one(host, select(rows.level).where(rows.user_id == 4, rows.object_id == 1)) == (3,)


def test_rows_of_a_foreign_permission_are_left_out(host, installation, take_over):
    installation.change(
        "INSERT INTO repo_to_perm SELECT 900, 4, permission_id, 1 FROM permissions"
        " WHERE permission_name = 'group.admin'"
    )
    take_over(host, installation)
    rows = schema.grants["repository"].users.c
    count = select(func.count()).where(rows.user_id == 4, rows.object_id == 1)
    assert one(host, count) == (0,)


def test_a_default_user_of_another_id_stands_against_the_import(import_, installation):
    installation.change("UPDATE users SET user_id = 77 WHERE username = 'default'")
    assert ["user `default`", "must have the id 1, and has [77]"] in import_("--copy").about(
        "problem"
    )


def test_a_time_that_is_none_is_told_in_one_line(import_, installation):
    installation.change("UPDATE users SET created_on = 'long ago' WHERE username = 'bob'")
    ran = import_("--copy")
    told = "the old database holds a value of another type: Invalid isoformat string: 'long ago'"
    assert (ran.code, ran.err) == (1, f"kallithea-host: {told}\n")


def test_an_address_that_a_user_has_twice_comes_along_once(host, installation, take_over, as_user):
    installation.change("INSERT INTO user_email_map VALUES (90, 3, 'ALICE@example.org')")
    take_over(host, installation)
    assert len(as_user("alice").get_user()["emails"]) == 3


def test_a_key_that_expires_beyond_all_calendars_never_does(host, installation, take_over):
    installation.change("UPDATE user_api_keys SET expires = 1e300 WHERE description = 'future'")
    take_over(host, installation)
    keys = schema.api_keys.c
    assert one(host, select(keys.expires_on).where(keys.description == "future")) == (None,)


@pytest.mark.parametrize("release", ["0.3.2"])
def test_a_lock_that_a_pull_made_came_without_a_time(host, installation, take_over, as_user):
    installation.change("UPDATE repositories SET locked = '4:None' WHERE repo_name = 'locked'")
    before = time.time()
    take_over(host, installation)
    locked = as_user("root").get_repo(repoid="locked")
    assert locked["locked_by"] == "bob"
    assert before <= locked["locked_date"] <= time.time()


def test_new_ids_come_after_the_old_ones(host, installation, take_over, as_user):
    take_over(host, installation)
    root = as_user("root")
    assert root.create_user(username="new", email="new@example.org")["user"]["user_id"] == 12
    root.create_repo(repo_name="new")
    assert root.get_repo(repoid="new")["repo_id"] > 21 - 12


def test_what_new_repositories_are_like_comes_along(host, installation, take_over, as_user):
    take_over(host, installation)
    root = as_user("root")
    root.create_repo(repo_name="new")
    made = root.get_repo(repoid="new")
    assert (made["repo_type"], made["enable_downloads"]) == ("git", True)
