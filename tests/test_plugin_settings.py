"""What a plugin declares with ``kallithea_settings`` becomes of its section, or refuses it."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest

from kallithea_host import DbJob, Methods, hookimpl, option
from kallithea_host.config import ConfigError, Settings, load
from kallithea_host.loading import Plugin
from kallithea_host.registry import Registry
from kallithea_host.testing import overriding


@dataclass(frozen=True)
class Tickets:
    url: str = option(about="where the tickets are")
    tries: int = option(3, "how often it is tried", between=(1, 9))
    pause: float = 0.5
    quiet: bool = False
    folder: Path | None = None
    projects: tuple[str, ...] = ()
    mode: Literal["strict", "loose"] = "strict"
    token: str | None = option(None, "who we are there", secret=True)

    def __post_init__(self):
        if self.quiet and self.mode == "strict":
            raise ValueError("`quiet` needs `mode` loose")


methods = Methods("tickets")


@methods.in_db(needs=None)
def tries(job: DbJob) -> int:
    """How often it is tried."""
    return job.host.settings.of(Tickets).tries


def plugin(declared=Tickets, name="tickets", **hooks):
    module = ModuleType(name)
    module.kallithea_settings = hookimpl(lambda: declared)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return Plugin(name, module, f"{name}:it", f"{name}-dist 1.0")


def read(declared=Tickets, **options):
    settings = Settings(plugin_options={"tickets": options})
    return Registry([plugin(declared)], settings).settings.of(declared)


def refused(declared=Tickets, **options):
    with pytest.raises(ConfigError) as caught:
        read(declared, **options)
    return str(caught.value)


def test_texts_of_the_file_become_values_of_all_kinds(tmp_path):
    file = tmp_path / "host.ini"
    file.write_text(
        "[plugin:tickets]\nurl = https://example.org/\ntries = 5\npause = 1.5\nquiet = yes\n"
        "folder = %(here)s/t\nprojects = a, b\n  c\nmode = loose\ntoken = s3\n"
    )
    registry = Registry([plugin()], load(file, {}))
    assert registry.settings.of(Tickets) == Tickets(
        url="https://example.org/",
        tries=5,
        pause=1.5,
        quiet=True,
        folder=tmp_path / "t",
        projects=("a", "b", "c"),
        mode="loose",
        token="s3",
    )


def test_what_is_not_set_has_its_default():
    assert read(url="x") == Tickets(url="x")


def test_an_empty_text_is_none_where_that_is_possible():
    assert read(url="x", folder="", token="").folder is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "`url` is missing, and has no default"),
        ({"url": "x", "trise": "1"}, "unknown option `trise`, did you mean `tries`?"),
        ({"url": "x", "tries": "ten"}, "`tries` is no number: ten"),
        ({"url": "x", "tries": "10"}, "`tries` must be from 1 to 9"),
        ({"url": "x", "quiet": "maybe"}, "`quiet` is neither yes nor no: maybe"),
        ({"url": "x", "mode": "lax"}, "`mode` must be one of strict, loose"),
        ({"url": "x", "quiet": "yes"}, "`quiet` needs `mode` loose"),
    ],
)
def test_what_cannot_be_used_is_told_with_section_and_option(options, told):
    assert refused(**options) == f"section [plugin:tickets]: {told}"


@dataclass(frozen=True)
class Secretive:
    pin: int = option(0, "what opens the door", secret=True)


def test_a_secret_that_does_not_fit_is_not_told():
    told = refused(Secretive, pin="s3cret")
    assert told == "section [plugin:tickets]: `pin` has a value of another type"


def test_an_option_unlike_any_other_is_told_with_those_there_are():
    assert refused(url="x", wine="red").startswith(
        "section [plugin:tickets]: unknown option `wine` (there are url, tries, pause, "
    )


def test_options_of_a_plugin_that_has_no_settings_are_refused():
    bare = Plugin("bare", ModuleType("bare"), "bare", "bare 1")
    with pytest.raises(ConfigError, match=r"section \[plugin:bare\]: the plugin has no settings"):
        Registry([bare], Settings(plugin_options={"bare": {"a": "1"}}))


class Plain:
    pass


@dataclass
class Thawed:
    url: str = ""


@dataclass(frozen=True)
class Odd:
    anything: Any = None


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (Plain, "the settings of a plugin are a frozen dataclass"),
        (Tickets("x"), "the settings of a plugin are a frozen dataclass"),
        (Thawed, "the dataclass Thawed is not frozen"),
        (Odd, "Odd.anything: an ini file holds no such type"),
    ],
)
def test_a_declaration_that_is_wrong_is_told_with_the_plugin(declared, told):
    assert refused(declared) == (
        "plugin tickets (tickets-dist 1.0): kallithea_settings failed: " + f"SettingsError: {told}"
    )


def test_checks_find_the_settings_of_their_plugin():
    seen = []

    def kallithea_permission_checks(settings):
        seen.append(settings.of(Tickets).tries)
        return []

    made = plugin(kallithea_permission_checks=kallithea_permission_checks)
    Registry([made], Settings(plugin_options={"tickets": {"url": "x", "tries": "7"}}))
    assert seen == [7]


def test_the_type_of_no_loaded_plugin_is_told():
    with pytest.raises(LookupError, match="no loaded plugin declares Tickets"):
        Settings().of(Tickets)


def test_the_text_form_of_settings_holds_no_secret_of_a_plugin():
    settings = Settings(plugin_options={"tickets": {"url": "x", "token": "s3cret"}})
    registry = Registry([plugin()], settings)
    assert "s3cret" not in repr(registry.settings)
    assert "s3cret" not in repr(registry.settings.of(Tickets))


class TestInAJob:
    @pytest.fixture
    def plugins(self):
        return [plugin(kallithea_methods=lambda: methods)]

    @pytest.fixture
    def settings(self, settings):
        return overriding(settings, plugin_options={"tickets": {"url": "x", "tries": "4"}})

    def test_a_job_finds_the_settings_of_its_plugin(self, api):
        assert api.tries() == 4


def test_two_plugins_with_one_type_of_settings_are_refused_naming_both():
    settings = Settings(plugin_options={"tickets": {"url": "x"}, "issues": {"url": "y"}})
    with pytest.raises(ConfigError) as caught:
        Registry([plugin(), plugin(name="issues")], settings)
    assert str(caught.value) == (
        "two plugins have the settings Tickets: "
        "tickets (tickets-dist 1.0) and issues (issues-dist 1.0)"
    )


def test_an_optional_plugin_whose_settings_cannot_be_used_is_left_out():
    def registry(**options):
        return Registry([plugin(kallithea_methods=lambda: methods)], Settings(**options))

    wrong = {"tickets": {"tries": "many"}}
    optional = registry(plugin_options=wrong, plugins_optional=("tickets",))
    assert (optional.plugins, [*optional.methods]) == ((), [])
    with pytest.raises(ConfigError) as caught:
        registry(plugin_options=wrong)
    assert optional.left_out == (str(caught.value),)
