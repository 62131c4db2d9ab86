"""Keys and passwords turn up nowhere but where they belong.

Every method is called, and every view fetched, by everybody; then all that was answered, logged
and stored is searched.
"""

import shutil
from collections import defaultdict
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import select
from twisted.logger import eventAsText, globalLogPublisher

from kallithea_host import schema
from kallithea_host.config import Settings
from kallithea_host.keys import key_owner
from kallithea_host.loading import installed
from kallithea_host.registry import Registry
from tests.test_roles import ARGUMENTS, ROLES, populate
from tests.views.urls import urls_of

REMOTE_PASSWORD = "r3m0te-pa55w0rd"
URI = f"https://mirror:{REMOTE_PASSWORD}@example.org/x"
USER_PASSWORD = "u5er-pa55w0rd"
VIEWS = Registry(installed()[0], Settings()).views


@pytest.fixture
def settings(settings):
    """Every view is open to keys."""
    return replace(settings, api_access_controllers_whitelist=tuple(VIEWS))


@pytest.fixture
def log():
    """Everything that is logged, as text with tracebacks."""
    lines = []

    def observe(event):
        lines.append(eventAsText(event))
        lines.extend(str(value) for value in event.values() if isinstance(value, str | bytes))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


@pytest.fixture
def role_keys(api, host):
    """Users of every role, each with a repository that has a remote with a password."""
    made = populate(host)
    for role in ROLES:
        api.update_repo(repoid=f"team/{role}", clone_uri=URI)
    api.update_user(userid="owner", password=USER_PASSWORD)
    return made


def keys_of(host):
    """All keys of all users, by user name."""
    keys, users = schema.api_keys, schema.users
    statement = select(users.c.user_id, users.c.username, keys.c.sealed).join(
        keys, keys.c.user_id == users.c.user_id
    )
    found = defaultdict(set)
    with host.database.read() as db:
        for user_id, username, sealed in db.execute(statement):
            found[username].add(host.vault.unseal(sealed, key_owner(user_id)).encode())
    return found


def call_everything(api, role, key):
    """Every method and the bytes it answers, about the caller's own objects and two others'."""
    for method, template in ARGUMENTS.items():
        for target in (role, "refused IP", "administrator"):
            args = {
                name: value.format(role=target) if isinstance(value, str) else value
                for name, value in template.items()
            }
            request = {"id": 1, "api_key": key, "method": method, "args": args}
            yield method, api.post(msgspec.json.encode(request)).body


@pytest.fixture
def histories(host, hg, tmp_path, role_keys):
    """A history on the disk for the repository of every role."""
    hg.init(tmp_path / "hg")
    hg.commit(tmp_path / "hg", {"README": "one\n"})
    for role in ROLES:
        shutil.copytree(tmp_path / "hg", host.settings.repositories / "team" / role)


def fetch_everything(api, role, key):
    """Every view and all it answers, about the caller's own repository and two others'.

    The key is sent both ways, and a bad one, too.
    """
    for view in VIEWS.values():
        for target in (role, "refused IP", "administrator"):
            for url in urls_of(view, f"team/{target}"):
                bearer = {"Authorization": f"Bearer {key}"}
                sent = [(f"{url}?api_key={key}", {}), (url, bearer), (f"{url}?api_key={key}x", {})]
                for path, headers in sent:
                    answer = api.request("GET", path=path.replace(" ", "%20"), headers=headers)
                    head = f"{answer.status} {answer.headers}".encode()
                    yield view.name, head + answer.body


@pytest.mark.parametrize("role", ["stranger", "reader", "writer", "owner"])
def test_no_view_holds_a_key(api, host, role_keys, histories, log, role):
    secrets = {key for keys in keys_of(host).values() for key in keys}
    fetched = list(fetch_everything(api, role, role_keys[role]))
    assert {name for name, _ in fetched} == set(VIEWS)
    assert role == "stranger" or any(answer.startswith(b"200") for _, answer in fetched)
    leaking = {name for name, answer in fetched for secret in secrets if secret in answer}
    assert leaking == set()
    written = "\n".join(log).encode()
    assert {secret for secret in secrets if secret in written} == set()


@pytest.mark.parametrize("role", ["stranger", "reader", "writer", "owner"])
def test_nobody_reads_another_s_key_or_a_password(api, host, role_keys, role):
    secrets = {key for name, keys in keys_of(host).items() if name != role for key in keys}
    secrets.add(USER_PASSWORD.encode())
    if role != "owner":
        secrets.add(REMOTE_PASSWORD.encode())
    answers = list(call_everything(api, role, role_keys[role]))
    assert len(answers) == 3 * len(ARGUMENTS)
    leaking = {method for method, body in answers for secret in secrets if secret in body}
    assert leaking == set()


def test_the_owner_reads_the_password_of_his_own_remote_only(api, role_keys):
    owner = api.as_key(role_keys["owner"])
    assert owner.get_repo(repoid="team/owner")["clone_uri"] == URI
    api.grant_user_permission(repoid="team/reader", userid="owner", perm="repository.write")
    assert REMOTE_PASSWORD not in owner.get_repo(repoid="team/reader")["clone_uri"]


def test_everybody_reads_his_own_key(api, host, role_keys):
    for role in ("stranger", "reader", "writer", "owner"):
        own = api.as_key(role_keys[role]).get_user()["api_key"]
        assert own.encode() in keys_of(host)[role]


def test_nothing_secret_is_logged_or_stored(api, host, role_keys, log):
    secrets = {key for keys in keys_of(host).values() for key in keys}
    secrets |= {REMOTE_PASSWORD.encode(), USER_PASSWORD.encode()}
    for role in ROLES[5:]:
        for _ in call_everything(api, role, role_keys[role]):
            pass
    fail_with_secrets(api, role_keys["administrator"])
    written = "\n".join(log).encode()
    assert b"failed to create repository" in written
    assert {secret for secret in secrets if secret in written} == set()
    stored = everything_stored(host)
    assert b"'clone_uri_password': '" in stored  # sealed, in the trash
    assert {secret for secret in secrets if secret in stored} == set()


def fail_with_secrets(api, key):
    """Calls that go wrong while there is something secret in them."""
    for alias in ("hg", "git"):
        private = URI.replace("example.org", "127.0.0.1")
        for uri in (private, URI.replace("https", "ftp"), URI + " ", URI.replace("example", "-o")):
            api.error("create_repo", repo_name="new", repo_type=alias, clone_uri=uri)
            api.error("update_repo", repoid="team/administrator", clone_uri=uri)
    api.post(
        b'{"api_key": "%s", "args": {"password": "%s"' % (key.encode(), USER_PASSWORD.encode())
    )
    api.error("create_user", username="..", email="x", password=USER_PASSWORD)
    api.error("update_user", userid="owner", username="reader", password=USER_PASSWORD)


def everything_stored(host):
    """All rows of all tables, and all files but the two that hold secrets."""
    data_dir = host.settings.data_dir
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    kept = [path for path in files if path.name not in {"secret", "admin-api-key"}]
    assert len(files) == len(kept) + 2
    with host.database.read() as db:
        tables = schema.metadata.sorted_tables
        rows = [tuple(row) for table in tables for row in db.execute(select(table))]
    return b"\n".join([repr(rows).encode(), *(path.read_bytes() for path in kept)])
