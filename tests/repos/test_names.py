"""Names that no repository gets: by ``create_repo``, ``fork_repo`` and ``update_repo`` alike."""

import unicodedata

import pytest

BAD = {
    "empty": "",
    "a slash": "/",
    "an absolute path": "/etc/new",
    "a slash at the end": "new/",
    "two slashes": "a//new",
    "a dot": ".",
    "two dots": "..",
    "the way up": "../new",
    "the way up, further down": "a/../../new",
    "a dot on the way": "a/./new",
    "three dots": "...",
    "a leading dot": ".new",
    "a leading dot on the way": ".a/new",
    "hg's own folder": ".hg",
    "git's own folder": "a/.git",
    "inside git's own folder": ".git/new",
    "a NUL": "a\0b",
    "a NUL on the way": "a\0b/new",
    "a tab": "a\tb",
    "a line break": "a\nb",
    "an escape": "a\x1bb",
    "a C1 control": "a\x9bb",
    "a direction override": "a\u202eb",
    "a direction isolate": "a\u2066b",
    "a direction mark on the way": "a\u200fb/new",
    "a line separator": "a\u2028b",
    "a blank": "two words",
    "a blank at the end": "new ",
    "a semicolon": "new;rm",
    "a question mark": "new?",
    "a per cent sign": "new%2e",
    "a backslash": "a\\b",
    "a tilde": "~new",
    "a star": "new*",
    "a quotation mark": 'ne"w',
    "an apostrophe": "ne'w",
    "a dollar sign": "$HOME",
    "a backtick": "new`id`",
    "a colon": "host:new",
    "a tag": "<b>new",
    "a dash in front": "-new",
    "a dash behind": "new-",
    "two dashes": "a--b",
    "an option": "--upload-pack=touch",
    "what is no slug on the way": "a b/new",
    "digits": "42",
    "digits in a group": "a/42",
    "a group of digits": "42/new",
    "an id alias": "_5",
    "an id alias as group": "_5/new",
    "the administration": "_admin",
    "the administration in capitals": "_ADMIN",
    "below the administration": "_admin/new",
    "a deleted one": "rm__20260101_000000_000000__new",
    "a deleted one on the way": "rm__x/new",
    "the ending of git": "new.git",
    "the ending of git in capitals": "new.GIT",
    "the ending of hg": "new.hg",
    "the ending of git on the way": "a.git/new",
    "256 bytes": "a" * 256,
    "256 bytes in characters of two": "é" * 128,
    "256 bytes on the way": "a" * 256 + "/new",
    "more bytes than a path has": "/".join(["a" * 200] * 11),
}
GOOD = [
    "new",
    "a/b/c",
    "ünïcode",
    "Проект/库",
    "v1.0_x",
    "_x",
    "a/_5",
    "a/_admin",
    "a.gitx",
    "hg",
    "a-b",
    "a" * 255,
    "é" * 127,
    "x42",
    "a/42/b",
]


def test_create_repo_refuses_them(api, nothing_changes):
    with nothing_changes():
        answers = {what: api.error("create_repo", repo_name=name) for what, name in BAD.items()}
    assert answers == {what: f"failed to create repository `{name}`" for what, name in BAD.items()}


def test_fork_repo_refuses_them(api, world, nothing_changes):
    world.repository("source")
    with nothing_changes():
        answers = {
            what: api.error("fork_repo", repoid="source", fork_name=name)
            for what, name in BAD.items()
        }
    assert answers == {
        what: f"failed to fork repository `source` as `{name}`" for what, name in BAD.items()
    }


@pytest.mark.parametrize("present", ["old", "a/old"])
def test_update_repo_refuses_them(api, nothing_changes, present):
    api.create_repo(repo_name=present)
    in_a_group = {"an id alias", "the administration", "the administration in capitals"}
    bad = {
        what: name
        for what, name in BAD.items()
        if name and (present == "old" or what not in in_a_group)
    }
    with nothing_changes():
        answers = {what: api.error("update_repo", repoid=present, name=bad[what]) for what in bad}
    assert answers == dict.fromkeys(bad, f"failed to update repo `{present}`")


def test_plain_names_are_taken_by_create_repo(api, root):
    for name in GOOD:
        api.create_repo(repo_name=name, repo_type="git")
        assert (root / name).is_dir()


def test_plain_names_are_taken_by_fork_repo(api, root):
    api.create_repo(repo_name="source", repo_type="git")
    for name in GOOD:
        api.fork_repo(repoid="source", fork_name=name)
        assert (root / name).is_dir()


def test_plain_names_are_taken_by_update_repo(api, root):
    repo_id = api.create_repo(repo_name="source", repo_type="git")["repo"]["repo_id"]
    for name in (name for name in GOOD if "/" not in name):
        repository = api.update_repo(repoid=repo_id, name=name)["repository"]
        assert repository["repo_name"] == name
        assert (root / name).is_dir()


TWINS = [
    ("Repo", "repo"),
    ("straße", "STRASSE"),
    ("Ünïcode", "ünïcode"),
    (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")),
    ("a/Repo", "a/rEPO"),
    ("\u1e9eb", "SSB"),
]


def test_a_twin_in_case_or_in_form_is_taken(api, nothing_changes):
    api.create_repo(repo_name="a/other", repo_type="git")
    for taken, twin in TWINS:
        api.create_repo(repo_name=taken, repo_type="git")
        with nothing_changes():
            refuse_twin(api, twin)


def refuse_twin(api, twin):
    last = twin.rpartition("/")[2]
    group = {"group": "a"} if "/" in twin else {"group": "/"}
    assert api.error("create_repo", repo_name=twin) == f"repo `{twin}` already exist"
    text = api.error("fork_repo", repoid="a/other", fork_name=twin)
    assert text == f"repo `{twin}` already exist"
    text = api.error("update_repo", repoid="a/other", name=last, **group)
    assert text == "failed to update repo `a/other`"


@pytest.mark.parametrize("twin", ["Team/new", "TEAM/sub/new", "team/SUB/new"])
def test_a_group_s_twin_in_case_is_no_new_group(api, nothing_changes, twin):
    api.create_repo(repo_name="team/sub/x")
    with nothing_changes():
        text = api.error("create_repo", repo_name=twin)
        assert text == f"failed to create repository `{twin}`"
        text = api.error("fork_repo", repoid="team/sub/x", fork_name=twin)
        assert text == f"failed to fork repository `team/sub/x` as `{twin}`"


@pytest.mark.parametrize("name", ["team", "TEAM", "team/sub"])
def test_a_group_s_name_is_no_repository_s(api, nothing_changes, name):
    api.create_repo(repo_name="team/sub/x")
    api.create_repo(repo_name="other")
    with nothing_changes():
        assert api.error("create_repo", repo_name=name).startswith("failed to create")
        assert api.error("fork_repo", repoid="other", fork_name=name).startswith("failed to fork")
        if "/" not in name:
            assert api.error("update_repo", repoid="other", name=name).startswith(
                "failed to update"
            )


@pytest.mark.parametrize("name", ["repo/new", "REPO/new", "repo/a/b"])
def test_nothing_lies_inside_a_repository(api, nothing_changes, name):
    api.create_repo(repo_name="repo")
    with nothing_changes():
        assert api.error("create_repo", repo_name=name).startswith("failed to create")
        assert api.error("fork_repo", repoid="repo", fork_name=name).startswith("failed to fork")


@pytest.mark.parametrize("alias", ["hg", "git"])
def test_nothing_lies_inside_a_repository_that_only_the_disk_knows(
    api, clients, root, nothing_changes, alias
):
    clients[alias].init(root / "by-hand")
    api.create_repo(repo_name="other")
    with nothing_changes():
        for name in ("by-hand/new", "by-hand/a/new", "by-hand"):
            assert api.error("create_repo", repo_name=name).startswith("failed to create")
            text = api.error("fork_repo", repoid="other", fork_name=name)
            assert text.startswith("failed to fork")
        assert api.error("update_repo", repoid="other", name="by-hand").startswith("failed to up")


@pytest.mark.parametrize("what", ["folder", "file", "dangling link"])
def test_what_lies_there_already_is_left_alone(api, root, nothing_changes, what):
    api.create_repo(repo_name="other")
    if what == "folder":
        (root / "there").mkdir()
        (root / "there/precious").write_text("data")
    elif what == "file":
        (root / "there").write_text("data")
    else:
        (root / "there").symlink_to(root / "nowhere")
    with nothing_changes():
        assert api.error("create_repo", repo_name="there").startswith("failed to create")
        assert api.error("fork_repo", repoid="other", fork_name="there").startswith(
            "failed to fork"
        )
        assert api.error("update_repo", repoid="other", name="there").startswith("failed to up")


def test_a_file_is_no_group(api, root, nothing_changes):
    (root / "file").write_text("data")
    with nothing_changes():
        assert api.error("create_repo", repo_name="file/new").startswith("failed to create")


@pytest.mark.parametrize("target", ["outside", "group"])
def test_no_way_leads_through_a_symbolic_link(api, root, tmp_path, nothing_changes, target):
    api.create_repo(repo_name="group/x")
    api.create_repo(repo_name="other")
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to({"outside": tmp_path / "outside", "group": root / "group"}[target])
    with nothing_changes():
        assert api.error("create_repo", repo_name="link/new").startswith("failed to create")
        assert api.error("create_repo", repo_name="link/a/new").startswith("failed to create")
        text = api.error("fork_repo", repoid="other", fork_name="link/new")
        assert text.startswith("failed to fork")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_name_may_change_its_case_only(api, root):
    api.create_repo(repo_name="a/repo")
    assert api.update_repo(repoid="a/repo", name="Repo")["repository"]["repo_name"] == "a/Repo"
    assert [path.name for path in (root / "a").iterdir()] == ["Repo"]


def test_imported_names_keep_working(api, world, root, clients):
    clients["hg"].init(root / "Two Words")
    assert api.rescan_repos()["added"] == ["Two Words"]
    assert api.get_repo(repoid="Two Words")["repo_name"] == "Two Words"
    assert api.update_repo(repoid="Two Words", description="x")["repository"]["description"] == "x"
    api.fork_repo(repoid="Two Words", fork_name="plain")
    api.invalidate_cache(repoid="Two Words")
    assert api.update_repo(repoid="Two Words", name="fine")["repository"]["repo_name"] == "fine"
