import pytest
from sqlalchemy import insert, select

from kallithea_host import Phase, schema
from kallithea_host.clock import now


def test_a_deleted_user_is_gone_and_his_key_with_him(api, bob):
    answer = api.delete_user(userid="bob")
    assert answer == {"msg": f"deleted user ID:{bob['user_id']} bob", "user": None}
    assert api.error("get_user", userid="bob") == "user `bob` does not exist"
    assert api.as_key(bob["api_key"]).error("get_user") == "Invalid API key"


@pytest.mark.parametrize("as_text", [False, True])
def test_a_user_is_found_by_id(api, bob, as_text):
    userid = str(bob["user_id"]) if as_text else bob["user_id"]
    assert api.delete_user(userid=userid)["user"] is None


def test_his_name_and_address_are_free_again_and_his_id_is_not(api, bob):
    api.delete_user(userid="bob")
    again = api.create_user(username="bob", email="bob@example.com")["user"]
    assert again["user_id"] > bob["user_id"]


def test_everything_that_is_only_his_goes(api, rows, bob):
    user_id = bob["user_id"]
    repo_id = rows.add_repository(2)
    group_id = rows.add_user_group(2)
    mine = [
        insert(schema.user_addresses).values(user_id=user_id, network="10.0.0.0/8"),
        insert(schema.user_permissions).values(user_id=user_id, name="hg.create.none"),
        insert(schema.user_group_members).values(users_group_id=group_id, user_id=user_id),
        insert(schema.grants["repository"].users).values(
            user_id=user_id, object_id=repo_id, level=1
        ),
        insert(schema.followers).values(user_id=user_id, repo_id=repo_id, since=now()),
    ]
    for statement in mine:
        rows.execute(statement)
    api.delete_user(userid="bob")
    tables = [statement.table for statement in mine] + [schema.emails, schema.api_keys]
    for table in tables:
        assert rows.all(select(table).where(table.c.user_id == user_id)) == [], table.name


def test_the_journal_keeps_his_name(api, rows, bob):
    rows.execute(
        insert(schema.journal).values(
            user_id=bob["user_id"], username="bob", repo_name="r", action="pull", at=now()
        )
    )
    api.delete_user(userid="bob")
    entry = rows.one(select(schema.journal))
    assert (entry.user_id, entry.username) == (None, "bob")


def test_his_locks_are_let_go_of_and_others_stay(api, rows, bob):
    held = rows.add_repository(2, "held", locked_by_id=bob["user_id"], locked_at=1.5)
    other = rows.add_repository(2, "other", locked_by_id=2, locked_at=2.5)
    api.delete_user(userid="bob")
    table = schema.repositories
    locks = rows.all(select(table.c.repo_id, table.c.locked_by_id, table.c.locked_at))
    assert set(locks) == {(held, None, None), (other, 2, 2.5)}


@pytest.mark.parametrize("kind", ["repository", "repository_group", "user_group"])
def test_an_owner_is_not_deleted(api, rows, bob, kind):
    getattr(rows, f"add_{kind}")(bob["user_id"])
    text = api.error("delete_user", userid="bob")
    assert text == f"failed to delete user ID:{bob['user_id']} bob"
    assert api.as_user("bob").get_user()["username"] == "bob"


def test_the_owner_of_a_repository_in_the_making_is_not_deleted(api, rows, bob):
    repo_id = rows.add_repository(bob["user_id"])
    table = schema.repositories
    rows.execute(table.update().where(table.c.repo_id == repo_id).values(pending=True))
    assert api.error("delete_user", userid="bob").startswith("failed to delete user")


@pytest.mark.parametrize("userid", ["default", 1])
def test_the_default_user_is_not_deleted(api, userid):
    assert api.error("delete_user", userid=userid) == "failed to delete user ID:1 default"


@pytest.mark.usefixtures("bob")
def test_nobody_deletes_himself(api):
    api.update_user(userid="bob", admin=True)
    assert api.error("delete_user", userid="admin") == "failed to delete user ID:2 admin"
    assert api.get_user()["username"] == "admin"


@pytest.mark.usefixtures("bob")
def test_another_administrator_may_be_deleted(api):
    api.update_user(userid="bob", admin=True)
    assert api.as_user("bob").delete_user(userid="admin")["msg"] == "deleted user ID:2 admin"


@pytest.mark.parametrize("userid", ["nobody", "", 99, 0])
def test_an_unknown_user(api, userid):
    assert api.error("delete_user", userid=userid) == f"user `{userid}` does not exist"


def test_the_user_must_be_named(api):
    assert api.error("delete_user") == "Missing non optional `userid` arg in JSON DATA"


@pytest.mark.parametrize("userid", ["bob", "eve", "nobody"])
@pytest.mark.usefixtures("bob")
def test_an_ordinary_user_is_refused_whomever_he_names(api, userid):
    text = api.as_user("bob").error("delete_user", userid=userid)
    assert text == "Access was denied to this resource."
    assert api.get_user(userid="bob")["active"] is True


def test_other_plugins_are_told_while_the_account_is_still_there(api, bob, listener):
    api.delete_user(userid="bob")
    (event,) = listener.told(Phase.STAGE)
    assert (event.action, event.actor) == ("user.deleted", "admin")
    assert (event.subject["user_id"], event.subject["email"]) == (bob["user_id"], "bob@example.com")


def test_a_veto_keeps_the_account(api, bob, listener):
    listener.refuses = "user.deleted"
    text = api.error("delete_user", userid="bob")
    assert text == f"failed to delete user ID:{bob['user_id']} bob"
    assert api.as_user("bob").get_user()["username"] == "bob"
