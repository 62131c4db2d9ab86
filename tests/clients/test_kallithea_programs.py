"""The programs of Kallithea 0.7.0 themselves, run by the Python that they were installed for.

``KALLITHEA_HOST_TEST_KALLITHEA`` names a virtual environment with the PyPI package
``kallithea==0.7.0``, which needs Python 3.8 or older (tests/importing/fixtures/README.md says how
to make one). What the programs send is tested without them, too, by the modules beside this one.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from kallithea_host.testing import Daemon

HOME = os.environ.get("KALLITHEA_HOST_TEST_KALLITHEA", "")

pytestmark = pytest.mark.skipif(
    not HOME, reason="KALLITHEA_HOST_TEST_KALLITHEA names no installation of Kallithea 0.7.0"
)

DIRECTORY = """
OPT_REFERRALS = SCOPE_SUBTREE = 0

MEMBERS = {"devs": ["uid=alice,ou=people", "cn=admins,ou=groups"], "admins": ["uid=bob,ou=people"]}

class initialize:
    def __init__(self, uri, trace_level): pass
    def set_option(self, option, value): pass
    def simple_bind(self, user, key): pass
    def unbind(self): pass
    def search_s(self, base_dn, scope, wanted):
        return [("", {"cn": [name], "uniqueMember": users}) for name, users in MEMBERS.items()]
"""
"""What ``import ldap`` gives the synchroniser: groups of a directory."""

SYNCHRONISE = """
from kallithea.bin.ldap_sync import LdapSync
sync = LdapSync()
print(sync.update_groups_from_ldap())
for group in sync.ldap_client.get_groups():
    sync.update_memberships_from_ldap(group)
"""


@pytest.fixture(params=["documented", "kallithea"])
def daemon(request, tmp_path):
    (tmp_path / "daemon").mkdir()
    ini = f"[kallithea-host]\napi_result_style = {request.param}\n"
    with Daemon(tmp_path / "daemon", ini=ini) as daemon:
        yield daemon


@pytest.fixture
def run(daemon, tmp_path):
    """Run a program of the installation in a folder of its own: exit code, output."""

    def run(program, *arguments):
        command = [Path(HOME) / "bin" / program, *arguments]
        environment = {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "LC_ALL": "C.UTF-8"}
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment, check=False, capture_output=True, timeout=60
        )
        assert ended.stderr == b""
        return ended.returncode, ended.stdout.decode()

    return run


@pytest.fixture
def call(run, daemon):
    """Call a method by ``kallithea-api``; what its JSON says."""

    def call(*words):
        where = ["--apihost", f"http://127.0.0.1:{daemon.port}", "--apikey", daemon.api._key]
        code, said = run("kallithea-api", *where, "--format", "json", *words)
        assert code == 0
        return json.loads(said)

    return call


def test_the_command_line_program_creates_looks_up_and_deletes(call):
    made = call("create_user", "username:bob", "email:bob@example.org", "active:False")
    assert made["user"]["active"] is False
    assert call("create_repo", "repo_name:top/one", "private:True")["success"] is True
    assert call("get_repo", "repoid:top/one")["private"] is True
    assert call("delete_repo", "repoid:top/one")["success"] is True
    assert call("get_repo", "repoid:top/one") == "repository `top/one` does not exist"


def test_the_command_line_program_remembers_its_server(run, daemon, tmp_path):
    (tmp_path / ".config").mkdir()
    where = ["--apihost", f"http://127.0.0.1:{daemon.port}", "--apikey", daemon.api._key]
    run("kallithea-api", *where, "--save-config")
    code, said = run("kallithea-api", "--format", "json", "get_user")
    assert (code, json.loads(said)["username"]) == (0, "admin")


def test_the_synchroniser_brings_the_groups_of_a_directory(run, daemon, tmp_path):
    for name in ("alice", "bob", "eve"):
        daemon.api.create_user(username=name, email=f"{name}@example.org")
    daemon.api.create_user_group(group_name="devs")
    daemon.api.add_user_to_user_group(usergroupid="devs", userid="eve")
    (tmp_path / "ldap.py").write_text(DIRECTORY)
    (tmp_path / "ldap_sync.conf").write_text(
        f"[default]\napi_url = http://127.0.0.1:{daemon.port}/_admin/api\n"
        f"api_key = {daemon.api._key}\n"
        "ldap_uri = ldap://127.0.0.1\nldap_user = x\nldap_key = x\nbase_dn = x\n"
    )
    assert run("python", "-c", SYNCHRONISE) == (0, "(1, 1)\n")
    assert members(daemon, "devs") == ["alice", "bob"]
    assert members(daemon, "admins") == ["bob"]


def members(daemon, group):
    found = daemon.api.get_user_group(usergroupid=group)
    return sorted(member["username"] for member in found["members"])
