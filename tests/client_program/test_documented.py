"""The examples of the API's documentation, typed as they stand there, at a real daemon."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kallithea_host.testing.twistd import Daemon
from tests.remotes import serve

INI = "[kallithea-host]\nclone_uri_allow = 127.0.0.1\n"
PROGRAMS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with Daemon(tmp_path_factory.mktemp("documented"), ini=INI) as daemon:
        yield daemon


@pytest.fixture
def url(daemon):
    return f"http://127.0.0.1:{daemon.port}"


@pytest.fixture
def key(daemon):
    return (daemon.data_dir / "admin-api-key").read_text().strip()


@pytest.fixture
def typed(tmp_path):
    """Type a line into a shell, in an empty home: its exit code and what it prints."""

    def typed(line, **environment):
        path = f"{PROGRAMS}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", line],
            env={"HOME": str(tmp_path), "PATH": path, "LC_ALL": "C.UTF-8", **environment},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    return typed


@pytest.fixture
def saved(typed, url, key):
    code, out = typed(f"kallithea-api --save-config --apihost={url} --apikey={key}")
    assert code == 0
    assert out.startswith("Created new config in ")


@pytest.fixture
def remote(tmp_path):
    """A web server of git repositories."""
    with serve(tmp_path / "remote", hg_port=0) as remote:
        yield remote


def test_pulling_with_curl(typed, daemon, url, key, remote, git):
    git.init(remote.root / "cpython")
    git.commit(remote.root / "cpython", {"readme": "one"})
    daemon.api.create_repo(repo_name="CPython", repo_type="git")
    daemon.api.update_repo(repoid="CPython", clone_uri=remote.url("cpython"))
    code, out = typed(
        f"curl -sS {url}/_admin/api -X POST -H 'content-type:text/plain' \\\n"
        f'    --data-binary \'{{"id":1,"api_key":"{key}","method":"pull",'
        '"args":{"repo":"CPython"}}\''
    )
    assert code == 0
    assert json.loads(out) == {"id": 1, "result": "Pulled from `CPython`", "error": None}
    assert daemon.api.get_repo(repoid="CPython")["last_changeset"]["revision"] == 0


def test_get_repo_without_its_argument(typed, url, key):
    code, out = typed(f"kallithea-api --apihost={url} --apikey={key} get_repo")
    assert code == 1
    assert out == (
        f"Calling method get_repo => {url}\n"
        "Server response \n"
        'ERROR:"Missing non optional `repoid` arg in JSON DATA"\n'
    )


def test_get_repo_with_its_argument(typed, daemon, url, key):
    daemon.api.create_repo(repo_name="myrepo", repo_type="hg")
    line = f"kallithea-api --apihost={url} --apikey={key} get_repo repoid:myrepo"
    code, out = typed(line)
    assert code == 0
    head = f'Calling method get_repo => {url}\nServer response \n{{\n    "clone_uri": null,\n'
    assert out.startswith(head + '    "created_on": "')
    result = json.loads(out.partition("Server response \n")[2])
    assert result["repo_name"] == "myrepo"
    assert typed(f"{line} --format=json") == (
        0,
        json.dumps(daemon.api.get_repo(repoid="myrepo")) + "\n",
    )


def test_after_save_config_address_and_key_need_not_be_given(typed, saved, daemon, url):
    daemon.api.create_repo(repo_name="known", repo_type="hg")
    code, out = typed("kallithea-api get_repo repoid:known")
    assert code == 0
    assert out.startswith(f"Calling method get_repo => {url}\n")


def test_a_user_of_ldap(typed, saved, daemon):
    code, out = typed(
        "kallithea-api create_user username:bent email:bent@example.com firstname:Bent "
        "lastname:Bentsen extern_type:ldap extern_name:uid=bent,dc=example,dc=com"
    )
    assert code == 0
    assert '"msg": "created new user `bent`"' in out
    user = daemon.api.get_user(userid="bent")
    assert (user["firstname"], user["lastname"]) == ("Bent", "Bentsen")
    assert (user["extern_type"], user["extern_name"]) == ("ldap", "uid=bent,dc=example,dc=com")


def test_a_daemon_tells_the_help_of_its_methods(typed, saved):
    code, out = typed("kallithea-api create_repo --help")
    assert code == 0
    assert out.startswith("Usage: kallithea-api create_repo repo_name:… ")
    assert "  repo_type " in out


def test_every_method_of_a_daemon_has_help(typed, saved, daemon):
    code, out = typed("kallithea-api --methods --format json")
    assert code == 0
    names = {listed["method"] for listed in json.loads(out)}
    assert names >= {"get_repo", "create_user", "rpc.discover"}
    assert all(listed["summary"] for listed in json.loads(out))


def test_a_reader_that_goes_away_is_no_error(typed, saved):
    code, out = typed("kallithea-api rpc.discover | head -c 7; echo ${PIPESTATUS[0]}")
    assert (code, out) == (0, "Calling1\n")
