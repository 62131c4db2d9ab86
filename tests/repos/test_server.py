"""``get_server_info`` and ``test``."""

import platform
import shutil
from importlib.metadata import version

import pytest

from kallithea_host.testing import overriding

KEYS = {
    "modules", "py_version", "platform", "kallithea_version", "git_version", "git_path", "plugins",
}  # fmt: skip


def test_the_server_tells_what_it_is_made_of(api):
    info = api.get_server_info()
    assert set(info) == KEYS
    assert info["py_version"] == platform.python_version()
    assert info["platform"] == platform.platform()
    assert info["kallithea_version"] == version("kallithea-host")


def test_modules_are_what_is_installed_by_name(api):
    modules = api.get_server_info()["modules"]
    assert all([type(part) for part in each] == [str, str] for each in modules)
    names = [name.lower() for name, _ in modules]
    assert names == sorted(set(names))
    assert ["kallithea-host", version("kallithea-host")] in modules
    assert dict(modules)["Twisted"] == version("twisted")


def test_the_git_program_is_told_with_its_version(api):
    info = api.get_server_info()
    assert info["git_path"] == shutil.which("git")
    assert info["git_version"][0].isdecimal()


def test_without_a_git_program_both_are_empty_text(api, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    info = api.get_server_info()
    assert (info["git_path"], info["git_version"]) == ("", "")


def test_plugins_are_told_with_their_versions_and_methods(api, host):
    plugins = {each["name"]: each for each in api.get_server_info()["plugins"]}
    assert list(plugins) == [plugin.name for plugin in host.registry.plugins]
    users = plugins["users"]
    assert (users["distribution"], users["version"]) == (
        "kallithea-host",
        version("kallithea-host"),
    )
    assert {"get_user", "create_user"} <= set(users["methods"])
    assert plugins["vcs_hg"]["methods"] == []
    every = {name for plugin in plugins.values() for name in plugin["methods"]}
    assert every == {method.name for method in host.registry.methods.values()}


@pytest.mark.parametrize("method", ["get_server_info", "test"])
def test_only_administrators_may(as_bob, method):
    arguments = {"args": 1} if method == "test" else {}
    assert as_bob.error(method, **arguments) == "Access was denied to this resource."


@pytest.mark.parametrize("sent", ["text", 1, 1.5, True, None, [], {"a": [None]}, "\u2028"])
def test_what_is_sent_comes_back(api, sent):
    assert api.test(args=sent) == sent


def test_something_has_to_be_sent(api):
    assert api.error("test") == "Missing non optional `args` arg in JSON DATA"


class TestWithoutGit:
    """A host whose plugin ``vcs_git`` is switched off."""

    @pytest.fixture
    def settings(self, settings):
        return overriding(settings, plugins_disabled=("vcs_git",))

    def test_no_git_program_is_told(self, api):
        info = api.get_server_info()
        assert (info["git_path"], info["git_version"]) == ("", "")
