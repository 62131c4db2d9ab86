import pytest

from kallithea_plugins.repos import history


@pytest.fixture
def ids(api, alias, client, root):
    """Two changesets; the second is tagged."""
    api.create_repo(repo_name="repo", repo_type=alias)
    path = root / "repo"
    first = client.commit(path, {"a": "1", "b": "1"}, message="první")
    second = client.commit(path, {"a": "2", "b": None, "c/d": "1"}, message="second", hour=13)
    client.tag(path, "v1", second)
    return first, second


def test_a_changeset_is_told_with_its_files_and_its_author_in_two(api, ids):
    changeset = api.get_changeset(repoid="repo", raw_id=ids[1])
    assert changeset.pop("message").rstrip() == "second"
    assert changeset == {
        "short_id": ids[1][:12],
        "raw_id": ids[1],
        "revision": 1,
        "date": "2020-01-01T12:00:00",
        "author": {"name": "Žofie Nováková", "email": "zofie@example.org"},
        "added": ["c/d"],
        "changed": ["a"],
        "removed": ["b"],
    }


def test_the_first_one_added_all_its_files(api, ids):
    changeset = api.get_changeset(repoid="repo", raw_id=ids[0])
    assert changeset["message"].rstrip() == "první"
    assert [changeset[key] for key in ("added", "changed", "removed")] == [["a", "b"], [], []]


def test_any_name_of_a_revision_does(api, ids):
    for name in ("v1", "1", 1, ids[1][:12]):
        assert api.get_changeset(repoid="repo", raw_id=name)["raw_id"] == ids[1]


def test_reviews_are_an_empty_array_when_asked_for(api, ids):
    assert api.get_changeset(repoid="repo", raw_id=ids[0], with_reviews=True)["reviews"] == []
    assert "reviews" not in api.get_changeset(repoid="repo", raw_id=ids[0], with_reviews=None)


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize("raw_id", ["f" * 40, "0" * 40, "nope", "99", "all()", "--all", "null"])
def test_an_unknown_one_does_not_exist(api, raw_id):
    error = api.error("get_changeset", repoid="repo", raw_id=raw_id)
    assert error == f"Changeset {raw_id} does not exist"


def test_an_empty_repository_has_none(api, alias):
    api.create_repo(repo_name="empty", repo_type=alias)
    error = api.error("get_changeset", repoid="empty", raw_id="tip")
    assert error == "Changeset tip does not exist"


@pytest.mark.parametrize("raw_id", [True, [], {}, "a\0b"])
def test_what_is_no_text_is_told(api, world, raw_id):
    world.repository("repo")
    error = api.error("get_changeset", repoid="repo", raw_id=raw_id)
    assert error == "Invalid value for `raw_id` arg in JSON DATA: expected text"


def test_both_arguments_are_required(api):
    error = api.error("get_changeset")
    assert error == "Missing non optional `repoid` arg in JSON DATA"
    error = api.error("get_changeset", repoid="repo", raw_id=None)
    assert error == "Missing non optional `raw_id` arg in JSON DATA"


def test_a_repository_that_cannot_be_read_is_a_failure(api, world):
    world.repository("gone")
    error = api.error("get_changeset", repoid="gone", raw_id="tip")
    assert error == "failed to get repo: `gone` changesets"


def test_to_whoever_cannot_read_it_the_repository_does_not_exist(api, as_bob, world, bob):
    world.grant("repository.none", world.repository("repo"), user_id=bob)
    for repoid in ("repo", "absent"):
        error = as_bob.error("get_changeset", repoid=repoid, raw_id="tip")
        assert error == f"repository `{repoid}` does not exist"


def test_whoever_reads_it_reads_its_changesets(as_bob, ids):
    assert as_bob.get_changeset(repoid="repo", raw_id=ids[1])["raw_id"] == ids[1]


@pytest.mark.parametrize(
    ("author", "name", "email"),
    [
        ("Jan Hus <jan@example.org>", "Jan Hus", "jan@example.org"),
        ("<jan@example.org>", "", "jan@example.org"),
        ("jan@example.org", "", "jan@example.org"),
        ("Jan Hus", "Jan Hus", ""),
        ("Jan <Hus", "Jan", "Hus"),
        ("Jan at home @ work", "Jan at home @ work", ""),
        ("", "", ""),
    ],
)
def test_authors_of_other_forms_are_taken_apart_as_well(author, name, email):
    assert history._author(author) == {"name": name, "email": email}
