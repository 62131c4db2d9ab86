"""What ``pull`` refuses; pulling from real remotes is tried with a real daemon."""

import pytest
from sqlalchemy import update

from kallithea_host import schema

REFUSED = "Unable to pull changes from `repo`"


@pytest.fixture
def repo(api):
    return api.create_repo(repo_name="repo", repo_type="git")["repo"]["repo_id"]


@pytest.fixture
def store_uri(world):
    """Put an address into the database as another server might have, unchecked."""

    def put(uri):
        with world.door() as db:
            db.execute(update(schema.repositories).values(clone_uri=uri))

    return put


def test_a_repository_without_an_address_is_refused(api, repo, nothing_changes):
    with nothing_changes():
        assert api.error("pull", repoid="repo") == REFUSED
        assert api.error("pull", repoid=repo) == REFUSED


@pytest.mark.usefixtures("repo")
def test_a_fork_is_not_pulled_from_its_parent(api, nothing_changes):
    api.fork_repo(repoid="repo", fork_name="fork")
    with nothing_changes():
        assert api.error("pull", repoid="fork") == "Unable to pull changes from `fork`"


@pytest.mark.usefixtures("repo")
def test_a_stored_address_is_judged_again(api, store_uri, nothing_changes):
    for uri in ("file:///etc", "ext::sh", "http://127.0.0.1/x", "http://10.1.2.3/x", "/etc", "-x"):
        store_uri(uri)
        with nothing_changes():
            assert api.error("pull", repoid="repo") == REFUSED


@pytest.mark.usefixtures("repo")
def test_an_address_that_is_given_is_judged_as_a_stored_one(api, store_uri, nothing_changes):
    store_uri("https://example.org/repo")
    for uri in ("file:///etc", "ext::sh", "http://127.0.0.1/x", "http://10.1.2.3/x", "/etc", "-x"):
        with nothing_changes():
            assert api.error("pull", repoid="repo", clone_uri=uri) == REFUSED


@pytest.mark.usefixtures("repo")
def test_an_empty_address_is_none(api, nothing_changes):
    with nothing_changes():
        for uri in ("", None):
            assert api.error("pull", repoid="repo", clone_uri=uri) == REFUSED


@pytest.mark.usefixtures("repo")
def test_repo_is_another_name_of_the_argument(api):
    assert api.error("pull", repo="repo") == REFUSED
    assert api.error("pull", repo="repo", repoid="repo") == REFUSED
    text = api.error("pull", repo="repo", repoid="other")
    assert text == "Conflicting values for `repoid` and `repo` in JSON DATA"
    assert api.error("pull") == "Missing non optional `repoid` arg in JSON DATA"


def test_a_repository_that_does_not_exist_is_told(api):
    assert api.error("pull", repoid="absent") == "repository `absent` does not exist"


@pytest.mark.usefixtures("repo")
def test_only_administrators_may(as_bob, world, bob):
    world.grant("repository.admin", 1, user_id=bob)
    for repoid in ("repo", "absent"):
        assert as_bob.error("pull", repoid=repoid) == "Access was denied to this resource."


def test_a_type_that_no_plugin_serves_any_more_is_refused(api, world, store_uri):
    world.repository("repo")
    with world.door() as db:
        db.execute(update(schema.repositories).values(repo_type="svn"))
    store_uri("https://example.org/x")
    assert api.error("pull", repoid="repo") == REFUSED
