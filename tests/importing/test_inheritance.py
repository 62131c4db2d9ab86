"""What becomes of ``inherit_default_permissions``, which only releases up to 0.4 had."""

import pytest
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.importing import networks, planning, source
from kallithea_host.importing.reading import Old


@pytest.fixture
def release():
    return "0.3.2"


def names_of(host, user):
    """The global permissions a user was given himself."""
    permissions, users = schema.user_permissions.c, schema.users.c
    own = select(permissions.name).where(permissions.user_id == users.user_id)
    with host.database.read() as db:
        return set(db.scalars(own.where(users.username == user)))


def test_rows_of_who_did_not_inherit_say_all_there_is_to_say(host, installation, take_over):
    take_over(host, installation)
    assert names_of(host, "frank") == {
        "hg.create.repository",
        "hg.fork.none",
        "hg.usergroup.create.false",
    }


def test_rows_that_did_not_count_are_left_out(host, installation, take_over):
    take_over(host, installation)
    assert names_of(host, "bob") == set()


def test_what_a_group_kept_from_its_members_they_are_kept_from_by_a_row(
    host, installation, take_over
):
    take_over(host, installation)
    assert names_of(host, "hugo") == {"hg.create.none"}


def with_default_rule(installation, *more):
    installation.change("INSERT INTO user_ip_map VALUES (90, 1, '192.0.2.7/24', 1)", *more)
    return installation


def frank(installation):
    return installation.users["frank"]["user_id"]


def test_who_did_not_inherit_ip_rules_may_still_call_from_everywhere(installation):
    with source.opened(with_default_rule(installation).url) as old:
        rows = networks.rows(Old(old))
    assert [network for user, network in rows if user == frank(installation)] == [
        "0.0.0.0/0",
        "::/0",
    ]
    assert (1, "192.0.2.0/24") in rows


def test_who_had_rules_only_of_his_own_is_named(installation, host):
    own = f"INSERT INTO user_ip_map VALUES (91, {frank(installation)}, '198.51.100.1', 1)"
    with source.opened(with_default_rule(installation, own).url) as old:
        plan = planning.plan(old, installation.root, host.settings.repositories, host.backends, [])
    about = [note for note in plan.notes if note[0] == "user `frank`"]
    assert about == [
        ("user `frank`", "did not inherit the IP rules of `default`, which hold for everybody here")
    ]


def test_rules_that_mean_nothing_stand_against_the_import(import_, installation):
    installation.change("INSERT INTO user_ip_map VALUES (92, 3, 'somewhere', 1)")
    assert import_("--copy").about("problem") == [
        ["IP rule `somewhere`", "is no address or network: remove it there first"]
    ]
