"""Who may import whom, and what only one place may do; read from the source, nothing is run."""

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"kallithea_host": ROOT / "kallithea_host", "kallithea_plugins": ROOT / "plugins"}

LONGEST = 400
LONG = 300
GENERATED = {f"kallithea_host.client.{name}" for name in ("blocking", "deferred", "results")}
"""Modules that ``make clients`` writes: nobody edits them, so they may be long."""
REASONS: dict[str, str] = {}
"""Modules of more than ``LONG`` lines, each with the reason why it is not two."""

STARTING_PROGRAMS = {
    "create_subprocess_exec",
    "create_subprocess_shell",
    "getProcessOutput",
    "getProcessOutputAndValue",
    "getProcessValue",
    "os.fork",
    "os.forkpty",
    "os.popen",
    "os.posix_spawn",
    "os.posix_spawnp",
    "os.system",
    "spawnProcess",
    *(f"os.{call}{how}" for call in ("exec", "spawn") for how in ("v", "ve", "vp", "vpe", "l")),
}
"""Names that only what talks to remotes, and the VCS plugins, may use."""
CROSSING_THREADS = {
    "callFromThread",
    "callInThread",
    "deferToThread",
    "deferToThreadPool",
    "SimpleQueue",
    "ThreadPool",
}


@dataclass(frozen=True)
class Module:
    """The source of one module."""

    name: str
    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def lines(self) -> int:
        return self.source.count("\n")

    @property
    def plugin(self) -> str:
        """The plugin a module of ``kallithea_plugins`` belongs to."""
        return ".".join(self.name.split(".")[:2])

    @cached_property
    def imports(self) -> set[str]:
        """The full names of all modules, and names from modules, that are imported anywhere."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                found.update(f"{origin}.{alias.name}" for alias in node.names)
        return found

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if self.path.name != "__init__.py":
            package.pop()
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *filter(None, [node.module])])

    def imports_any_of(self, *packages: str) -> bool:
        return any(
            name == package or name.startswith(f"{package}.")
            for name in self.imports
            for package in packages
        )

    @cached_property
    def names(self) -> set[str]:
        """Every name and attribute that the code mentions; those of a name with it, too."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
                if isinstance(node.value, ast.Name):
                    found.add(f"{node.value.id}.{node.attr}")
        return found


def modules_of(package):
    folder = FOLDERS[package]
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        yield Module(".".join((package, *parts)), path)


HOST = list(modules_of("kallithea_host"))
PLUGINS = list(modules_of("kallithea_plugins"))
ALL = HOST + PLUGINS


def those(modules, condition):
    """The names of the modules that meet a condition."""
    return [module.name for module in modules if condition(module)]


def test_there_is_something_to_look_at():
    assert len(HOST) > 30
    assert {module.plugin for module in PLUGINS} >= {
        "kallithea_plugins.users",
        "kallithea_plugins.vcs_hg",
    }


def test_plugins_never_import_each_other():
    def imports_another(module):
        return any(
            name.startswith("kallithea_plugins") and not f"{name}.".startswith(f"{module.plugin}.")
            for name in module.imports
        )

    assert those(PLUGINS, imports_another) == []


def test_the_host_knows_no_plugin():
    assert those(HOST, lambda module: module.imports_any_of("kallithea_plugins")) == []


@pytest.mark.parametrize("name", ["kallithea_plugins", "vcs_hg", "vcs_git"])
def test_the_host_names_no_built_in_plugin(name):
    assert those(HOST, lambda module: name in module.source) == []


def test_plugins_import_twisted_only_where_they_run_in_the_reactor():
    def imports_it_for_nothing(module):
        return module.imports_any_of("twisted") and "in_reactor" not in module.names

    assert those(PLUGINS, imports_it_for_nothing) == []


def test_only_pools_cross_from_one_thread_into_another():
    users = those(ALL, lambda module: CROSSING_THREADS & module.names)
    assert users == ["kallithea_host.pools"]


def test_only_the_two_adapters_import_mercurial_and_dulwich():
    def imports_it(module):
        return module.imports_any_of("mercurial", "hgdemandimport", "dulwich")

    assert {module.plugin for module in ALL if imports_it(module)} == {
        "kallithea_plugins.vcs_hg",
        "kallithea_plugins.vcs_git",
    }


@pytest.mark.parametrize("system", ["hg", "git"])
def test_an_adapter_imports_its_own_library_only(system):
    other = {"hg": "dulwich", "git": "mercurial"}[system]
    plugin = f"kallithea_plugins.vcs_{system}"
    modules = [module for module in PLUGINS if module.plugin == plugin]
    assert those(modules, lambda module: module.imports_any_of(other)) == []


def test_only_the_resource_the_pages_and_the_clients_of_tests_touch_the_web():
    def may(module):
        there = (
            "kallithea_host.web",
            "kallithea_host.resource",
            "kallithea_host.testing",
            "kallithea_host.client.deferred",
        )
        return module.name.startswith(there)

    def touches(module):
        return module.imports_any_of("twisted.web", "txjsonrpc_ng") and not may(module)

    assert those(ALL, touches) == []


def test_only_what_talks_to_remotes_or_streams_starts_programs():
    def may(module):
        there = ("kallithea_host.remote", "kallithea_host.streaming", "kallithea_host.testing")
        return module.name.startswith(there) or ".vcs_" in module.name

    def starts(module):
        modules = module.imports_any_of("subprocess", "multiprocessing", "pty")
        return (modules or STARTING_PROGRAMS & module.names) and not may(module)

    assert those(ALL, starts) == []


def test_no_program_is_started_by_a_shell():
    def uses_shell(module):
        return any(
            isinstance(node, ast.keyword)
            and node.arg == "shell"
            and not (isinstance(node.value, ast.Constant) and node.value.value is False)
            for node in ast.walk(module.tree)
        )

    assert those(ALL, uses_shell) == []


def is_root(node):
    """Whether an expression is the repository root, by the names it goes under."""
    return (isinstance(node, ast.Attribute) and node.attr == "repositories") or (
        isinstance(node, ast.Name) and node.id in {"root", "repositories"}
    )


def is_fixed(node):
    """Whether an expression is text that stands in the source, or a constant of its module."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def joins_to_the_root(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            if is_root(node.left) and not is_fixed(node.right):
                return True
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "joinpath"
            and is_root(node.func.value)
        ):
            return True
    return False


def test_only_names_turns_a_name_into_a_path():
    joining = set(those(ALL, joins_to_the_root))
    storage = {name for name in joining if name.startswith("kallithea_host.storage.")}
    assert joining - storage == {"kallithea_host.names"}  # storage joins what lies on the disk


def test_the_clients_import_nothing_of_the_server():
    clients = [module for module in HOST if module.name.startswith("kallithea_host.client")]
    clients = [module for module in clients if ".generator" not in module.name]
    allowed = ("kallithea_host.client", "kallithea_host.names", "kallithea_host.private_files")

    def imports_more(module):
        ours = {name for name in module.imports if name.startswith("kallithea_")}
        return any(not name.startswith(allowed) for name in ours)

    assert clients
    assert those(clients, imports_more) == []


def test_the_drop_in_imports_nothing_of_ours():
    dropin = Module(
        "twisted.plugins.kallithea_dropin", ROOT / "twisted/plugins/kallithea_dropin.py"
    )
    assert not dropin.imports_any_of("kallithea_host", "kallithea_plugins")


def test_no_module_is_longer_than_it_may_be():
    assert {*those(ALL, lambda module: module.lines > LONGEST)} <= GENERATED


def test_a_long_module_has_a_reason():
    long = those(ALL, lambda module: module.lines > LONG)
    assert set(long) - GENERATED == set(REASONS)


def test_every_public_function_and_class_says_what_it_is():
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    missing = [
        f"{module.name}.{node.name}"
        for module in ALL
        if "migrations" not in module.name
        for node in module.tree.body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert missing == []


def test_a_wide_except_has_its_reason_beside_it():
    def comments(source):
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    def is_wide(node):
        if not isinstance(node, ast.ExceptHandler):
            return False
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        return any(
            one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"})
            for one in caught
        )

    def goes_on(handler):
        """Whether what was caught does not simply fly on after some tidying up."""
        last = handler.body[-1]
        return not (isinstance(last, ast.Raise) and last.exc is None)

    def says_why(comments, line):
        """There, or at the beginning of the handler."""
        said = comments.get(line, "").removeprefix("# noqa: BLE001") + comments.get(line + 1, "")
        return said.strip(" #-")

    silent = [
        f"{module.name}:{node.lineno}"
        for module in ALL
        for node in ast.walk(module.tree)
        if is_wide(node) and goes_on(node) and not says_why(comments(module.source), node.lineno)
    ]
    assert silent == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "NotImplementedError"])
def test_nothing_is_left_to_be_done(word):
    assert those(ALL, lambda module: word in module.source) == []
