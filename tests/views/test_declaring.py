"""Declaring views: what stops the start, in one line that names plugin and view."""

from types import ModuleType

import pytest

from kallithea_host import Reply, ViewCall, Views, hookimpl
from kallithea_host.config import ConfigError, Settings
from kallithea_host.loading import Plugin
from kallithea_host.registry import Registry
from kallithea_host.signatures import DeclarationError
from kallithea_host.views import View


async def page(call: ViewCall) -> Reply:
    """A page."""
    return Reply(body=b"")


async def silent(call: ViewCall) -> Reply:
    return Reply(body=b"")


def blocking(call: ViewCall) -> Reply:
    """A page."""
    return Reply(body=b"")


def plugin(name, pieces):
    module = ModuleType(name)
    module.kallithea_views = hookimpl(lambda: pieces)
    return Plugin(name, module, f"{name}:it", f"{name}-dist 1.0")


def declared(name="ProbeController:page", url="probe", *, function=page, **options):
    views = Views("probe")
    views.of_repository(name, url, **({"needs": "repository.read"} | options))(function)
    return views


def refused(*plugins):
    with pytest.raises(ConfigError) as caught:
        Registry(plugins, Settings())
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "needs", [(), "repository.none", "hg.admin", "group.read", "repository.reed", "hg.reed"]
)
def test_a_view_of_a_repository_needs_a_permission_on_it(needs):
    with pytest.raises(DeclarationError, match=r"^ProbeController:page: .*permission"):
        declared(needs=needs)


def test_a_view_of_a_repository_may_need_a_global_permission_too():
    (view,) = declared(needs=("repository.write", "hg.create.repository"))
    assert (view.level.word, view.global_needs) == ("write", ("hg.create.repository",))


def test_a_view_of_the_site_says_what_it_needs():
    with pytest.raises(DeclarationError, match="not said what"):
        Views("probe").of_site("ProbeController:page", "_admin/probe")


@pytest.mark.parametrize("needs", ["repository.read", "usergroup.read", "hg.nothing"])
def test_a_view_of_the_site_needs_nothing_on_single_objects(needs):
    with pytest.raises(DeclarationError, match="no permission"):
        Views("probe").of_site("ProbeController:page", "_admin/probe", needs=needs)(page)


@pytest.mark.parametrize(("function", "about"), [(silent, "docstring"), (blocking, "`async def`")])
def test_a_view_is_a_documented_coroutine_function(function, about):
    with pytest.raises(DeclarationError, match=about):
        declared(function=function)


@pytest.mark.parametrize(
    ("url", "about"),
    [
        ("probe/{revision}", "does not name the parameters"),
        ("_admin/probe", "does not lie in a repository"),
        ("probe//x", "is no word and no placeholder"),
    ],
)
def test_a_url_fits_the_view(url, about):
    with pytest.raises(DeclarationError, match=f"^ProbeController:page: .*{about}"):
        declared(url=url)


def test_a_view_of_the_site_lies_below_admin():
    with pytest.raises(DeclarationError, match="does not lie below _admin"):
        Views("probe").of_site("ProbeController:page", "probe", needs=None)(page)


def test_a_view_has_a_url():
    with pytest.raises(DeclarationError, match="has a URL"):
        Views("probe").of_repository("ProbeController:page", needs="repository.read")(page)


def test_a_view_that_would_not_pass_the_gate_cannot_even_be_made_by_hand():
    with pytest.raises(DeclarationError, match="needs no permission on its repository"):
        View(
            name="ProbeController:page",
            plugin="probe",
            function=page,
            patterns=next(iter(declared())).patterns,
            of_repository=True,
            needs=(),
            always_open=False,
            to_anonymous=True,
        )


@pytest.mark.parametrize("piece", [page, "ProbeController:page", None])
def test_what_is_no_view_is_refused_naming_the_plugin(piece):
    told = refused(plugin("probe", [piece]))
    assert told.startswith("plugin probe (probe-dist 1.0): kallithea_views gives ")


def test_a_view_that_looks_like_one_and_is_another_class_is_refused():
    class Free(View):
        pass

    (view,) = declared()
    values = {name: getattr(view, name) for name in View.__slots__}
    assert "no view" in refused(plugin("probe", [Free(**values)]))


def test_two_views_of_one_name_are_refused_naming_both_plugins():
    one, two = plugin("one", declared()), plugin("two", declared(url="other"))
    both = "one (one-dist 1.0) and two (two-dist 1.0)"
    assert refused(one, two) == f"two plugins have a view ProbeController:page: {both}"


def test_two_views_that_one_url_would_mean_are_refused_naming_both():
    one = plugin("one", declared(url="probe/x"))

    async def with_part(call: ViewCall, part: str) -> Reply:
        """A page."""
        return Reply(body=b"")

    other = declared("ProbeController:other", "probe/{part}", function=with_part)
    told = refused(one, plugin("two", other))
    assert told == (
        "two views have the URL probe/x: ProbeController:page of plugin one (one-dist 1.0) "
        "and ProbeController:other of plugin two (two-dist 1.0)"
    )
