"""The setting ``show_keys``: who reads API keys in results."""

import pytest
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.config import Settings
from kallithea_host.keys import key_owner
from kallithea_host.testing import DATABASE_URL


@pytest.fixture(params=["documented", "own", "never"])
def show_keys(request):
    return request.param


@pytest.fixture
def settings(tmp_path, show_keys):
    return Settings(data_dir=tmp_path / "data", database_url=DATABASE_URL, show_keys=show_keys)


@pytest.fixture
def key_of(host, bob):
    def find(user_id):
        keys = schema.api_keys
        with host.database.read() as db:
            sealed = db.scalar(select(keys.c.sealed).where(keys.c.user_id == user_id))
        return host.vault.unseal(sealed, key_owner(user_id))

    return find


def test_an_administrator_reads_the_keys_of_others_only_as_documented(api, show_keys, bob):
    shown = {
        "create_user": "api_key" in bob,
        "get_user": "api_key" in api.get_user(userid="bob"),
        "get_users": "api_key" in api.get_users()[1],
        "update_user": "api_key" in api.update_user(userid="bob")["user"],
    }
    assert set(shown.values()) == {show_keys == "documented"}, shown


def test_everybody_reads_his_own_unless_nobody_does(api, show_keys, key_of, bob):
    as_bob = api.as_key(key_of(bob["user_id"]))
    for client, user_id in ((api, 2), (as_bob, bob["user_id"])):
        user = client.get_user()
        assert ("api_key" in user) == (show_keys != "never")
        assert user.get("api_key", key_of(user_id)) == key_of(user_id)


@pytest.mark.usefixtures("bob")
def test_in_a_list_an_administrator_reads_his_own_alone_when_everybody_reads_his_own(
    api, show_keys
):
    with_key = [user["username"] for user in api.get_users() if "api_key" in user]
    assert with_key == {"documented": ["admin", "bob"], "own": ["admin"], "never": []}[show_keys]
