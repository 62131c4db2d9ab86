"""Loading plugins: what stops the start, in one line that names whose fault it is."""

import subprocess
import sys
from types import ModuleType

import click
import pytest

from kallithea_host import DbJob, Methods, PermissionCheck, hookimpl
from kallithea_host.config import ConfigError, Settings
from kallithea_host.loading import GROUP, Plugin, installed
from kallithea_host.registry import Registry


def plugin(name="probe", **hooks):
    """A plugin whose hooks return what is given here."""
    module = ModuleType(name)
    for hook, value in hooks.items():
        setattr(module, hook, value)
    return Plugin(name, module, f"{name}:it", f"{name}-dist 1.0")


def returning(value):
    def hook():
        return value

    return hookimpl(hook)


def methods(*names, plugin="probe", aliases=()):
    made = Methods(plugin)
    for name in names:

        @made.in_db(needs=None, name=name, aliases=aliases)
        def function(job: DbJob) -> None:
            """Do nothing."""

    return made


def refused(*plugins, **settings):
    with pytest.raises(ConfigError) as caught:
        Registry(plugins, Settings(**settings))
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_what_plugins_contribute_is_found():
    one, two = plugin("one", kallithea_methods=returning(methods("b", "a"))), plugin("two")
    registry = Registry([one, two], Settings())
    assert sorted(registry.methods) == ["a", "b"]
    assert [method.name for method in registry.methods_of(one)] == ["b", "a"]
    assert registry.methods_of(two) == []


def test_a_method_goes_by_its_aliases():
    registry = Registry(
        [plugin(kallithea_methods=returning(methods("a", aliases=("b",))))], Settings()
    )
    assert registry.methods["b"] is registry.methods["a"]


@pytest.mark.parametrize("second", [methods("a"), methods("b", aliases=("a",))])
def test_a_method_that_two_plugins_have_is_refused_naming_both(second):
    one = plugin("one", kallithea_methods=returning(methods("a")))
    two = plugin("two", kallithea_methods=returning(second))
    told = refused(one, two)
    assert told == "two plugins have a method a: one (one-dist 1.0) and two (two-dist 1.0)"


def test_a_method_that_a_plugin_has_twice_is_refused():
    told = refused(plugin(kallithea_methods=returning(methods("a", "a"))))
    assert told == "plugin probe (probe-dist 1.0) has two of the method a"


class Backend:
    def __init__(self, alias):
        self.alias = alias


def test_a_backend_that_two_plugins_have_is_refused_naming_both():
    one = plugin("one", kallithea_vcs_backends=returning([Backend("svn")]))
    two = plugin("two", kallithea_vcs_backends=returning([Backend("svn")]))
    assert refused(one, two).startswith("two plugins have a backend svn: one (one-dist 1.0) and")


def test_a_backend_is_found_by_its_alias():
    backend = Backend("svn")
    registry = Registry([plugin(kallithea_vcs_backends=returning([backend]))], Settings())
    assert registry.backends["svn"] is backend
    assert registry.reference_of("svn") == "probe:it"
    with pytest.raises(ConfigError, match="no plugin serves repositories of type cvs"):
        registry.reference_of("cvs")


def test_commands_are_sorted_and_a_name_that_two_plugins_have_is_refused():
    commands = [click.Command("b"), click.Command("a")]
    one = plugin("one", kallithea_commands=returning(commands))
    assert [c.name for c in Registry([one], Settings()).commands()] == ["a", "b"]
    two = plugin("two", kallithea_commands=returning([click.Command("a")]))
    with pytest.raises(ConfigError, match=r"two plugins have a command a: one .* and two "):
        Registry([one, two], Settings()).commands()


def test_checks_are_told_the_settings():
    seen = []

    @hookimpl
    def kallithea_permission_checks(settings):
        seen.append(settings)
        return [PermissionCheck()]

    settings = Settings()
    Registry([plugin(kallithea_permission_checks=kallithea_permission_checks)], settings)
    assert seen == [settings]


def test_a_hook_that_does_not_exist_is_refused():
    told = refused(plugin(kallithea_method=returning(methods("a"))))
    assert told.startswith("plugin probe (probe-dist 1.0): ")
    assert "kallithea_method" in told


def test_a_hook_that_is_not_marked_is_refused():
    told = refused(plugin(kallithea_methods=lambda: methods("a")))
    assert told == "plugin probe (probe-dist 1.0): kallithea_methods is not marked with hookimpl"


def test_a_hook_with_a_parameter_that_does_not_exist_is_refused():
    @hookimpl
    def kallithea_methods(nonsense):
        return methods("a")

    assert "nonsense" in refused(plugin(kallithea_methods=kallithea_methods))


def test_a_hook_that_fails_is_told_with_its_plugin():
    @hookimpl
    def kallithea_methods():
        raise RuntimeError("out of\norder")

    told = refused(plugin("one"), plugin("two", kallithea_methods=kallithea_methods))
    assert told == (
        "plugin two (two-dist 1.0): kallithea_methods failed: RuntimeError: out of order"
    )


def test_a_hook_that_returns_no_list_is_told_with_its_plugin():
    told = refused(plugin(kallithea_vcs_backends=returning(5)))
    assert told.startswith(
        "plugin probe (probe-dist 1.0): kallithea_vcs_backends failed: TypeError"
    )


def test_a_plugin_without_a_hook_is_fine():
    assert Registry([plugin()], Settings()).methods == {}


def test_options_for_a_plugin_that_is_not_there_are_refused():
    assert (
        refused(plugin(), plugin_options={"prob": {}})
        == "section [plugin:prob] is about no plugin, did you mean [plugin:probe]?"
    )
    Registry([plugin()], Settings(plugin_options={"probe": {}}))
    Registry([], Settings(plugin_options={"probe": {}}, plugins_disabled=("probe",)))


# --- entry points


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """Installs distributions with plugins, as files that importlib.metadata finds."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(name, points, modules):
        metadata = tmp_path / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
        lines = "".join(f"{point} = {module}\n" for point, module in points.items())
        (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}")
        for module, source in modules.items():
            (tmp_path / f"{module}.py").write_text(source)

    yield install
    for name in [name for name in sys.modules if name.startswith("made_")]:
        del sys.modules[name]


MISSPELT = """
from kallithea_host import DbJob, Methods
@Methods("x").in_db(needs="hg.admn")
def f(job: DbJob) -> None: "Do nothing."
"""
BUILT_IN = ["permissions", "repos", "system", "usergroups", "users", "vcs_git", "vcs_hg"]


def names(plugins):
    return [plugin.name for plugin in plugins]


def test_the_built_in_plugins_are_installed_ones():
    plugins, left_out = installed()
    assert (names(plugins), left_out) == (BUILT_IN, [])
    assert plugins[0].described.startswith("permissions (kallithea-host ")
    assert plugins[0].reference == "kallithea_plugins.permissions"


def test_plugins_are_sorted_by_name_and_not_by_distribution(distribution):
    distribution("zebra", {"aardvark": "made_a"}, {"made_a": ""})
    assert names(installed()[0]) == ["aardvark", *BUILT_IN]


def test_a_disabled_plugin_is_not_even_imported(distribution):
    distribution("third", {"third": "made_third"}, {"made_third": "raise SystemExit"})
    assert names(installed(disabled=["third", "vcs_git"])[0]) == [
        name for name in BUILT_IN if name != "vcs_git"
    ]
    assert "made_third" not in sys.modules


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = (", "SyntaxError"),
        ("raise RuntimeError('two\\nlines')", "RuntimeError: two lines"),
        (MISSPELT, "DeclarationError: f: no permission is called hg.admn"),
    ],
)
def test_a_plugin_that_cannot_be_imported_stops_the_start_unless_it_is_optional(
    distribution, source, reason
):
    distribution("third", {"third": "made_third"}, {"made_third": source})
    with pytest.raises(ConfigError) as caught:
        installed()
    told = str(caught.value)
    assert told.startswith("plugin third (third 1.0) cannot be loaded: ")
    assert reason in told
    assert "\n" not in told
    plugins, left_out = installed(optional=["third"])
    assert (names(plugins), left_out) == (BUILT_IN, [told])


def test_an_optional_plugin_that_works_is_loaded(distribution):
    distribution("third", {"third": "made_third"}, {"made_third": ""})
    plugins, left_out = installed(optional=["third"])
    assert "third" in names(plugins)
    assert left_out == []


def test_two_plugins_of_one_name_are_refused_naming_both_distributions(distribution):
    distribution("third", {"users": "made_third"}, {"made_third": ""})
    with pytest.raises(ConfigError, match="two plugins are called users") as caught:
        installed()
    assert "third 1.0" in str(caught.value)
    assert "kallithea-host" in str(caught.value)


@pytest.mark.parametrize("setting", ["disabled", "optional"])
def test_a_plugin_that_is_not_installed_cannot_be_named(setting):
    with pytest.raises(ConfigError) as caught:
        installed(**{setting: ["no_such"]})
    assert str(caught.value) == (
        f"`{setting}` in section [plugins] names no plugin: no_such "
        f"(there are {', '.join(BUILT_IN)})"
    )


def test_importing_the_host_imports_no_plugin():
    code = "import kallithea_host.service, sys; print([m for m in sys.modules if '_plugins' in m])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
