"""Declaring methods; how arguments are bound is in test_protocol.py, through HTTP."""

from typing import Any

import pytest

from kallithea_host import Call, DbJob, Ident, Methods, VcsJob
from kallithea_host.signatures import DeclarationError


@pytest.fixture
def methods():
    return Methods("probe")


def test_methods_keep_their_order_and_say_whose_they_are(methods):
    @methods.in_db(needs=None)
    def second(job: DbJob) -> None:
        """Second."""

    @methods.in_reactor(needs="hg.admin", name="first.method", aliases=("again",))
    async def first(call: Call) -> None:
        """First.

        Returns:
            Nothing.
        """

    assert [method.name for method in methods] == ["second", "first.method"]
    assert len(methods) == 2
    _, declared = methods
    assert (declared.plugin, declared.thread, declared.needs) == ("probe", "reactor", ("hg.admin",))
    assert (declared.aliases, declared.writes) == (("again",), False)
    assert declared.documentation == "First.\n\nReturns:\n    Nothing."


def test_the_function_itself_is_left_as_it_was(methods):
    def function(job: DbJob) -> int:
        """Five."""
        return 5

    assert methods.in_db(needs=None)(function) is function


def test_the_declared_default_and_null_are_what_the_signature_says(methods):
    @methods.in_db(needs=None)
    def function(job: DbJob, a: int, b: str | None, *, c: bool = True) -> None:
        """Three arguments."""

    a, b, c = next(iter(methods)).parameters
    assert [(p.name, p.hint, p.nullable, p.required) for p in (a, b, c)] == [
        ("a", int, False, True),
        ("b", str, True, True),
        ("c", bool, False, False),
    ]
    assert c.default is True


def test_a_permission_must_be_declared(methods):
    for declare in (methods.in_db, methods.in_vcs, methods.in_reactor):
        with pytest.raises(TypeError, match="needs"):
            declare()


def refused(decorator, function):
    with pytest.raises(DeclarationError) as caught:
        decorator(function)
    text = str(caught.value)
    assert "\n" not in text
    return text


def fine(job: DbJob) -> None:
    """Do nothing."""


async def fine_in_reactor(call: Call) -> None:
    """Do nothing."""


def fine_in_vcs(job: VcsJob, repoid: Ident) -> None:
    """Do nothing."""


@pytest.mark.parametrize("name", ["hg.admn", "repository.rite", "usergroup.owner", "group."])
def test_a_misspelt_permission_is_refused(methods, name):
    assert refused(methods.in_db(needs=name), fine) == f"fine: no permission is called {name}"


def test_a_permission_of_a_plugin_s_own_may_be_needed(methods):
    methods.in_db(needs="tickets.open")(fine)
    assert next(iter(methods)).needs == ("tickets.open",)


def test_a_permission_on_an_object_asks_for_the_argument_that_names_it(methods):
    def optional(job: DbJob, repoid: Ident | None = None) -> None:
        """The object may be left out."""

    def text(job: DbJob, repoid: str) -> None:
        """The object is no Ident."""

    for function in (fine, optional, text):
        told = refused(methods.in_db(needs="repository.read"), function)
        assert told.endswith("repository.read asks for an Ident repoid")


def test_the_thread_and_the_function_must_agree(methods):
    assert "async def" in refused(methods.in_db(needs=None), fine_in_reactor)
    assert "async def" in refused(methods.in_reactor(needs=None), fine)
    assert "must be a DbJob" in refused(methods.in_db(needs=None), fine_in_vcs)
    assert "must be a VcsJob" in refused(methods.in_vcs(needs="repository.read"), fine)
    methods.in_vcs(needs="repository.read")(fine_in_vcs)
    methods.in_reactor(needs=None)(fine_in_reactor)


def test_a_look_into_a_repository_needs_a_permission_on_it(methods):
    assert refused(methods.in_vcs(needs="hg.admin"), fine_in_vcs).endswith(
        "in_vcs needs a repository permission"
    )


def test_a_method_is_documented(methods):
    def silent(job: DbJob) -> None:
        pass

    assert "documented" in refused(methods.in_db(needs=None), silent)


def test_a_name_that_can_never_be_called_is_refused(methods):
    assert "never called" in refused(methods.in_db(needs=None, name="_hidden"), fine)
    assert "never called" in refused(methods.in_db(needs=None, aliases=("_a",)), fine)


def without_job() -> None:
    """No parameter at all."""


def untyped(job: DbJob, a) -> None:
    """An argument without a type."""


def strange(job: DbJob, a: bytes) -> None:
    """An argument that JSON does not have."""


def either(job: DbJob, a: int | str) -> None:
    """An argument of two types."""


def any_number(job: DbJob, *a: int) -> None:
    """Arguments without names."""


def any_name(job: DbJob, **a: int) -> None:
    """Arguments of any name."""


def nameless(job: DbJob, a: Any = None, /) -> None:
    """An argument that has no name."""


def unknown_type(job: "DbJob", a: "Nothing") -> None:  # noqa: F821 - that is the point
    """A type that is not imported."""


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (without_job, "the first parameter must be a DbJob"),
        (untyped, "the argument a has no type"),
        (strange, "the argument a has a type that is not JSON's"),
        (either, "the argument a has a type that is not JSON's"),
        (any_number, "the argument a cannot be given by name"),
        (any_name, "the argument a cannot be given by name"),
        (nameless, "the argument a cannot be given by name"),
        (unknown_type, "imported at run time: name 'Nothing' is not defined"),
    ],
)
def test_a_signature_that_cannot_be_called_in_json_is_refused(methods, function, text):
    told = refused(methods.in_db(needs=None), function)
    assert told.startswith(f"{function.__name__}: ")
    assert told.endswith(text)


def two(job: DbJob, a: int = 0, b: int = 0) -> None:
    """Two arguments."""


@pytest.mark.parametrize(
    ("aliases", "text"),
    [
        ({"c": ("d",)}, "aliases of no argument: c"),
        ({"a": ("b",)}, "two arguments are called b"),
        ({"a": ("c",), "b": ("c",)}, "two arguments are called c"),
    ],
)
def test_aliases_that_are_ambiguous_are_refused(methods, aliases, text):
    assert refused(methods.in_db(needs=None, argument_aliases=aliases), two) == f"two: {text}"


def test_a_refused_method_is_not_declared(methods):
    refused(methods.in_db(needs="hg.admn"), fine)
    assert len(methods) == 0
