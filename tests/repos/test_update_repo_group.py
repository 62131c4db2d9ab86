import pytest
from sqlalchemy import select, update

from kallithea_host import schema

FAILED = "failed to update repository group `alpha`"


def repositories(api):
    return [each["repo_name"] for each in api.get_repos()]


def groups(api):
    return {each["group_name"]: each["parent_group"] for each in api.get_repo_groups()}


@pytest.fixture
def tree(api):
    """``alpha`` with a group and two repositories below it, and a group that is not in it."""
    api.create_repo_group(group_name="alpha", description="first")
    api.create_repo_group(group_name="kid", parent="alpha")
    api.create_repo_group(group_name="alphabet")
    api.create_repo(repo_name="alpha/one", repo_type="git")
    api.create_repo(repo_name="alpha/kid/two", repo_type="git")
    api.create_repo(repo_name="alphabet/three", repo_type="git")


pytestmark = pytest.mark.usefixtures("tree")


def test_what_is_left_out_stays(api, nothing_changes):
    with nothing_changes():
        assert api.update_repo_group(repogroupid="alpha") == {
            "msg": "updated repository group ID:1 alpha",
            "repo_group": {
                "group_id": 1,
                "group_name": "alpha",
                "group_description": "first",
                "parent_group": None,
                "repositories": ["alpha/one"],
                "owner": "admin",
            },
        }


@pytest.mark.usefixtures("bob")
def test_description_and_owner(api):
    group = api.update_repo_group(repogroupid=1, description="", owner="bob")["repo_group"]
    assert (group["group_description"], group["owner"]) == ("", "bob")


def test_everything_below_a_renamed_group_gets_a_new_name(api, root):
    result = api.update_repo_group(repogroupid="alpha", group_name="beta")
    assert result["msg"] == "updated repository group ID:1 beta"
    assert result["repo_group"]["repositories"] == ["beta/one"]
    assert groups(api) == {"alphabet": None, "beta": None, "beta/kid": "beta"}
    assert repositories(api) == ["alphabet/three", "beta/kid/two", "beta/one"]
    assert sorted(path.name for path in root.iterdir()) == [".tmp", "alphabet", "beta"]


def test_a_group_moves_into_another(api, root):
    result = api.update_repo_group(repogroupid="alpha/kid", parent="alphabet")
    assert result["msg"] == "updated repository group ID:2 alphabet/kid"
    assert result["repo_group"]["parent_group"] == "alphabet"
    assert groups(api) == {"alpha": None, "alphabet": None, "alphabet/kid": "alphabet"}
    assert repositories(api) == ["alpha/one", "alphabet/kid/two", "alphabet/three"]
    assert (root / "alphabet/kid/two/HEAD").exists()
    assert not (root / "alpha/kid").exists()


def test_a_group_moves_to_the_top_level(api):
    group = api.update_repo_group(repogroupid="alpha/kid", parent="/")["repo_group"]
    assert (group["group_name"], group["parent_group"]) == ("kid", None)
    assert repositories(api) == ["alpha/one", "alphabet/three", "kid/two"]


@pytest.mark.parametrize("name", ["new", "alpha/new", "alphabet/new"])
def test_a_group_moves_under_a_new_name(api, name):
    api.update_repo_group(repogroupid="alpha/kid", parent=3, group_name=name)
    assert "alphabet/new/two" in repositories(api)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stands_for_no_change(api, nothing_changes, nothing):
    with nothing_changes():
        args = {"group_name": nothing, "parent": nothing, "owner": None, "description": None}
        api.update_repo_group(repogroupid="alpha/kid", enable_locking=True, **args)


@pytest.mark.parametrize("given", [{"group_name": "kid"}, {"parent": "alpha"}, {"parent": 1}])
def test_the_present_name_is_no_change(api, nothing_changes, given):
    with nothing_changes():
        api.update_repo_group(repogroupid="alpha/kid", **given)


def test_a_group_may_get_another_case(api, world):
    api.update_repo_group(repogroupid="alpha", group_name="Alpha")
    assert groups(api) == {"Alpha": None, "Alpha/kid": "Alpha", "alphabet": None}
    columns = schema.repositories.c
    assert world.rows(
        select(columns.repo_name, columns.repo_name_key).where(columns.repo_id == 1)
    ) == [("Alpha/one", "alpha/one")]


def test_names_are_unique_under_the_new_name(api):
    api.update_repo_group(repogroupid="alpha", group_name="Beta")
    for taken in ("Beta/ONE", "beta/one"):
        assert api.error("create_repo", repo_name=taken) == f"repo `{taken}` already exist"
    assert api.create_repo(repo_name="alpha/one", repo_type="git")["success"] is True


def test_data_forks_and_permissions_stay(api, alias, client, root, world, bob, as_bob):
    client.init(root / "alpha/real")
    first = client.commit(root / "alpha/real", {"file": "content\n"})
    api.rescan_repos()
    api.fork_repo(repoid="alpha/real", fork_name="alpha/kid/fork")
    for repo in ("alpha/real", "alpha/kid/fork"):
        api.grant_user_permission(repoid=repo, userid=bob, perm="repository.write")
    api.grant_user_permission_to_repo_group(repogroupid="alpha/kid", userid=bob, perm="group.admin")
    api.update_repo_group(repogroupid="alpha", group_name="beta", parent="alphabet")
    where = "alphabet/beta"
    for repo in (f"{where}/real", f"{where}/kid/fork"):
        found = api.get_repo(repoid=repo)
        assert found["last_changeset"]["raw_id"] == first
        assert client.problems(root / repo) == ""
        nodes = api.get_repo_nodes(repoid=repo, revision=None, root_path="")
        assert nodes == [{"name": "file", "type": "file"}]
        permissions = as_bob.get_user()["permissions"]
        assert permissions["repositories"][repo] == "repository.write"
    assert found["fork_of"] == f"{where}/real"
    assert permissions["repositories_groups"][f"{where}/kid"] == "group.admin"
    assert api.rescan_repos() == {"added": [], "removed": []}
    assert api.update_repo(repoid=f"{where}/real", name="moved")["repository"]["fork_of"] is None


def test_a_group_without_a_directory_is_renamed_while_it_is_empty(api, root, world):
    empty = world.repository_group("empty")
    world.repository_group("empty/inner", parent_id=empty)
    api.update_repo_group(repogroupid="empty", group_name="new")
    assert groups(api).keys() >= {"new", "new/inner"}
    assert not (root / "new").exists()


def test_a_group_without_its_directory_and_with_repositories_stays(api, world, nothing_changes):
    lost = world.repository_group("lost")
    world.repository("lost/repo", group_id=lost)
    with nothing_changes():
        text = api.error("update_repo_group", repogroupid="lost", group_name="new")
        assert text == "failed to update repository group `lost`"


def test_what_the_server_does_not_know_moves_along(api, root):
    (root / "alpha/notes").write_text("precious")
    api.update_repo_group(repogroupid="alpha", group_name="beta")
    assert (root / "beta/notes").read_text() == "precious"


TAKEN = {
    "a group": {"group_name": "alphabet"},
    "a group in other case": {"group_name": "ALPHABET"},
    "a repository": {"group_name": "plain"},
    "a repository in other case": {"group_name": "Plain"},
    "a directory": {"group_name": "folder"},
    "a repository on disk only": {"group_name": "unknown"},
    "a repository in the new parent": {"parent": "alphabet", "group_name": "three"},
    "itself as parent": {"parent": "alpha"},
    "its own id as parent": {"parent": 1},
    "what lies in it as parent": {"parent": "alpha/kid"},
    "a full name in another group": {"group_name": "alphabet/alpha"},
    "a bad name": {"group_name": "a b"},
    "a name that leads up": {"group_name": "../up"},
    "digits": {"group_name": "42"},
    "an id alias": {"group_name": "_5"},
    "a long element": {"group_name": "a" * 256},
    "nobody": {"owner": "nobody"},
    "everybody": {"owner": "default"},
}


def test_what_cannot_be_is_refused(api, root, host, nothing_changes):
    api.create_repo(repo_name="plain", repo_type="git")
    (root / "folder").mkdir()
    host.backends["git"].create(root / "unknown")
    with nothing_changes():
        answers = {
            what: api.error("update_repo_group", repogroupid="alpha", description="x", **args)
            for what, args in TAKEN.items()
        }
    assert answers == dict.fromkeys(TAKEN, FAILED)


@pytest.mark.parametrize("parent", ["nothing", "kid", 99, True, ["alpha"]])
def test_an_unknown_parent(api, nothing_changes, parent):
    with nothing_changes():
        text = api.error("update_repo_group", repogroupid="alpha", parent=parent)
    assert text.startswith("repository group `")
    assert text.endswith("` does not exist")


def test_a_name_below_that_would_be_too_long(api, nothing_changes):
    deep = "/".join(["d" * 200] * 8)
    api.create_repo(repo_name=f"{deep}/repo", repo_type="git")
    api.create_repo(repo_name=f"alpha/{'x' * 250}/{'y' * 250}", repo_type="git")
    with nothing_changes():
        assert api.error("update_repo_group", repogroupid="alpha", parent=deep) == FAILED


@pytest.mark.parametrize("inside", [True, False])
def test_a_symbolic_link_is_left_alone(api, root, tmp_path, nothing_changes, inside):
    target = root / "target" if inside else tmp_path / "target"
    (root / "alpha").rename(target)
    (root / "alpha").symlink_to(target)
    with nothing_changes():
        assert api.error("update_repo_group", repogroupid="alpha", group_name="beta") == FAILED


def test_a_parent_that_is_a_repository_on_disk(api, root, nothing_changes):
    api.create_repo(repo_name="copied", repo_type="git")
    api.create_repo_group(group_name="parent")
    (root / "parent").rmdir()
    (root / "copied").rename(root / "parent")
    with nothing_changes():
        assert api.error("update_repo_group", repogroupid="alpha", parent="parent") == FAILED


@pytest.mark.parametrize("group_id", [None, 3])
def test_rows_that_contradict_their_names_stand_against_it(
    api, world, host, nothing_changes, group_id
):
    """The directory would be taken from under a repository whose row says it lies elsewhere."""
    table = schema.repositories
    with host.database.write() as db:
        db.execute(update(table).where(table.c.repo_id == 1).values(group_id=group_id))
    with nothing_changes():
        assert api.error("update_repo_group", repogroupid="alpha", group_name="beta") == FAILED


def test_a_repository_that_is_being_made_stands_against_it(api, world, nothing_changes):
    world.repository("alpha/new", group_id=1, pending=True)
    with nothing_changes():
        text = api.error("update_repo_group", repogroupid="alpha", group_name="beta")
        assert text == "Server is busy, try again later"


@pytest.mark.parametrize("given", ["nothing", "Alpha", 99, None])
def test_a_group_that_does_not_exist(api, nothing_changes, given):
    with nothing_changes():
        text = api.error("update_repo_group", repogroupid=given, group_name="new")
        assert text == f"repository group `{given}` does not exist"


def test_the_group_is_required(api):
    text = api.error("update_repo_group")
    assert text == "Missing non optional `repogroupid` arg in JSON DATA"


def test_only_administrators_change_groups(as_bob, world, bob, nothing_changes):
    world.grant("group.admin", 1, user_id=bob)
    with nothing_changes():
        text = as_bob.error("update_repo_group", repogroupid="alpha", description="mine")
        assert text == "Access was denied to this resource."


def test_other_plugins_are_told_of_everything_that_is_renamed(api, listener):
    api.update_repo_group(repogroupid="alpha", group_name="beta", description="x")
    assert [
        (event.action, event.subject.get("repo_name"), dict(event.details))
        for event in listener.heard
    ] == [
        (
            "repository_group.updated",
            None,
            {"old_name": "alpha", "changed": ["group_description", "group_name"]},
        ),
        (
            "repository.updated",
            "beta/kid/two",
            {"old_name": "alpha/kid/two", "changed": ["repo_name"]},
        ),
        ("repository.updated", "beta/one", {"old_name": "alpha/one", "changed": ["repo_name"]}),
    ]
    assert listener.heard[0].subject == {
        "repo_group_id": 1,
        "repo_group_name": "beta",
        "owner_id": 2,
    }


@pytest.mark.parametrize("action", ["repository_group.updated", "repository.updated"])
def test_what_another_plugin_refuses_changes_nothing(api, listener, nothing_changes, action):
    listener.refuses = action
    with nothing_changes():
        assert api.error("update_repo_group", repogroupid="alpha", group_name="beta") == FAILED
