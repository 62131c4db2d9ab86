"""A plugin in a distribution of its own, installed beside the host and used over HTTP."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.acceptance.daemon import Daemon

EXAMPLE = Path(__file__).parents[1] / "examples" / "kallithea-host-example"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    """A daemon that finds the example among its installed plugins."""
    source, site = tmp_path_factory.mktemp("source") / "tree", tmp_path_factory.mktemp("site")
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("build", "*.egg-info"))
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    options = ["--no-deps", "--no-build-isolation", "--target", site]
    subprocess.run([*command, *options, source], check=True, cwd="/")
    daemon = Daemon(tmp_path_factory.mktemp("daemon"))
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("PYTHONPATH", str(site))
            yield daemon.start()
    finally:
        daemon.close()


@pytest.fixture(scope="module")
def api(daemon):
    """A client with the administrator's key."""
    return daemon.api


@pytest.fixture(scope="module")
def bob(api):
    """A client with the key of an ordinary user."""
    api.create_user(username="bob", email="bob@example.org")
    return api.as_user("bob")


class Archive:
    """A tar archive that is published on this machine."""

    def __init__(self):
        archive = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(archive.data)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notes.tar"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, **files):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as tar:
            for name, text in files.items():
                self._add(tar, name.replace("__", "/"), text.encode())
        self.data = stream.getvalue()

    def publish_path(self, path):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as tar:
            self._add(tar, path, b"text")
        self.data = stream.getvalue()

    @staticmethod
    def _add(tar, name, data):
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))


@pytest.fixture
def archive():
    """An archive of two files."""
    archive = Archive()
    archive.publish(readme="Hello", notes__today="Rain")
    yield archive
    archive.server.shutdown()
    archive.server.server_close()


def names(nodes):
    return [(node["type"], node["name"]) for node in nodes]


def test_the_log_names_the_plugin_and_its_distribution(daemon):
    assert "plugin example (kallithea-host-example 1.0): 3 methods" in daemon.log


def test_its_method_counts_what_the_caller_can_read(api, bob):
    api.create_repo(repo_name="counted", repo_type="plain")
    api.create_repo(repo_name="hidden", repo_type="plain", private=True)
    everything = api.count_repositories()["by_type"]["plain"]
    assert bob.count_repositories(repo_type="plain") == {
        "total": everything - 1,
        "by_type": {"plain": everything - 1},
    }


def test_its_check_lets_nobody_but_administrators_change_what_is_frozen(api, bob):
    api.create_repo(repo_name="frozen/river", repo_type="git", owner="bob")
    assert bob.get_repo(repoid="frozen/river")["owner"] == "bob"
    gone = "repository `frozen/river` does not exist"
    assert bob.error("update_repo", repoid="frozen/river", description="Ice") == gone
    assert bob.error("delete_repo", repoid="frozen/river") == gone
    assert api.update_repo(repoid="frozen/river", description="Ice")


def test_its_check_leaves_everything_else_alone(api, bob):
    api.create_repo(repo_name="thawed/frozen", repo_type="git", owner="bob")
    assert bob.update_repo(repoid="thawed/frozen", description="Water")


def test_its_backend_keeps_every_version_of_an_archive(api, archive):
    api.create_repo(repo_name="notes", repo_type="plain", clone_uri=archive.url)
    first = api.get_repo(repoid="notes")["last_changeset"]
    archive.publish(readme="Hello", notes__today="Sun", notes__old__yesterday="Rain")
    assert api.pull(repoid="notes") == "Pulled from `notes`"
    last = api.get_repo(repoid="notes")["last_changeset"]
    assert (first["revision"], last["revision"]) == (0, 1)
    assert last["message"] == f"As of {archive.url}"
    assert names(api.get_repo_nodes(repoid="notes", revision=0, root_path="")) == [
        ("dir", "notes"),
        ("file", "readme"),
        ("file", "notes/today"),
    ]
    assert names(
        api.get_repo_nodes(repoid="notes", revision=last["raw_id"], root_path="notes")
    ) == [
        ("dir", "notes/old"),
        ("file", "notes/today"),
        ("file", "notes/old/yesterday"),
    ]


def test_its_history_is_told(api, archive):
    api.create_repo(repo_name="diary", repo_type="plain", clone_uri=archive.url)
    archive.publish(readme="Bye", notes__later="Sun")
    api.pull(repoid="diary")
    first, second = api.get_changesets(repoid="diary", with_file_list=True)
    files = [[each[kind] for kind in ("added", "changed", "removed")] for each in (first, second)]
    assert files == [
        [["notes/today", "readme"], [], []],
        [["notes/later"], ["readme"], ["notes/today"]],
    ]
    newest = api.get_changesets(repoid="diary", start=1, reverse=True, max_revisions=1)
    assert [each["raw_id"] for each in newest] == [second["raw_id"]]
    assert api.get_changeset(repoid="diary", raw_id=first["raw_id"])["revision"] == 0
    assert api.get_repo(repoid="diary", with_revision_names=True)["branches"] == {}
    error = api.error("get_changesets", repoid="diary", branch_name="main")
    assert error == "branch `main` does not exist"
    error = api.error("get_changeset", repoid="diary", raw_id="f" * 40)
    assert error == f"Changeset {'f' * 40} does not exist"


def test_a_pull_that_brings_nothing_new_makes_no_snapshot(api, archive):
    api.create_repo(repo_name="still", repo_type="plain", clone_uri=archive.url)
    api.pull(repoid="still")
    assert api.get_repo(repoid="still")["last_changeset"]["revision"] == 0


def test_its_repositories_are_forked_and_live_on_alone(api, archive):
    api.create_repo(repo_name="spring", repo_type="plain", clone_uri=archive.url)
    api.fork_repo(repoid="spring", fork_name="brook")
    api.delete_repo(repoid="spring", forks="detach")
    assert len(api.get_repo_nodes(repoid="brook", revision="tip", root_path="")) == 3


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside", "a\nb", "a//b"])
def test_its_backend_refuses_an_archive_whose_files_lead_elsewhere(api, daemon, archive, path):
    archive.publish_path(path)
    refusal = api.error("create_repo", repo_name="bad", repo_type="plain", clone_uri=archive.url)
    assert refusal == "failed to create repository `bad`"
    assert not list(daemon.folder.rglob("outside"))


@pytest.mark.parametrize("data", [b"", b"no archive at all"])
def test_its_backend_refuses_what_is_no_archive(api, archive, data):
    archive.data = data
    refusal = api.error("create_repo", repo_name="bad", repo_type="plain", clone_uri=archive.url)
    assert refusal == "failed to create repository `bad`"


@pytest.mark.parametrize("revision", ["1", "-2", "00", "zz", "", "tip tip"])
def test_its_backend_knows_no_other_revisions(api, archive, revision):
    if "sources" not in {repo["repo_name"] for repo in api.get_repos()}:
        api.create_repo(repo_name="sources", repo_type="plain", clone_uri=archive.url)
    error = api.error("get_repo_nodes", repoid="sources", revision=revision, root_path="")
    assert error == "failed to get repo: `sources` nodes"


def test_the_check_of_the_operators_program_verifies_its_repositories(api, daemon, archive):
    api.create_repo(repo_name="spoiled", repo_type="plain", clone_uri=archive.url)
    assert daemon.operate("check", "--verify")[0] == 0
    snapshot = daemon.root / "spoiled" / "snapshots" / "0"
    (snapshot / "files" / "readme").write_text("Forged")
    status, output = daemon.operate("check", "--verify")
    (snapshot / "files" / "readme").write_text("Hello")
    assert status == 1
    assert "snapshot 0 is not what was recorded" in output


def test_its_table_keeps_the_stars_of_each_user(api, bob):
    assert api.get_starred_repositories() == []
    api.create_repo(repo_name="bright", repo_type="git", owner="bob")
    assert [bob.star_repository(repoid="bright") for _ in range(2)] == [True, False]
    assert (bob.get_starred_repositories(), api.get_starred_repositories()) == (["bright"], [])
    api.update_repo(repoid="bright", owner="admin", private=True)
    assert bob.get_starred_repositories() == []


def test_a_deleted_repository_loses_its_stars(api, daemon):
    api.create_repo(repo_name="comet", repo_type="git")
    api.star_repository(repoid="comet")
    api.delete_repo(repoid="comet")
    entry = next(
        line for line in daemon.operate("trash", "list")[1].splitlines() if "comet" in line
    )
    assert daemon.operate("trash", "restore", entry.split("\t")[0])[0] == 0
    assert "comet" not in api.get_starred_repositories()


def test_its_event_handler_is_told_of_what_happened(api, daemon):
    api.create_repo(repo_name="told", repo_type="plain")
    lines = (daemon.data_dir / "diary.jsonl").read_text().splitlines()
    last = json.loads(lines[-1])
    assert (last["action"], last["actor"]) == ("repository.created", "admin")
    assert last["subject"]["repo_name"] == "told"
