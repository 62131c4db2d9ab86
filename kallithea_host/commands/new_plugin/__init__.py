"""Writing the beginning of a plugin: a distribution whose tests pass as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from kallithea_host import loading
from kallithea_host.version import version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME: Final = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", re.ASCII)
LONGEST: Final = 60
"""Characters of a name: together with the prefix well below what file systems take."""
FILES: Final = {
    "README.md": "README.md.j2",
    "pyproject.toml": "pyproject.toml.j2",
    "conftest.py": "conftest.py.j2",
    "{package}/__init__.py": "plugin.py.j2",
    "{package}/protection.py": "protection.py.j2",
    "{package}/py.typed": "py.typed.j2",
    "tests/test_{plugin}.py": "test_plugin.py.j2",
}
"""Where each template goes."""


class CannotWriteError(Exception):
    """The plugin cannot be written; the text says why."""


def write(name: str, into: Path) -> Path:
    """Write the distribution ``kallithea-host-NAME`` into a folder; where it is now."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise CannotWriteError(
            f"{name!r} is no name for a plugin: lower-case letters and digits, words joined by `-`"
        )
    plugin = name.replace("-", "_")
    if plugin in loading.entry_points_by_name():
        raise CannotWriteError(f"a plugin {plugin} is installed already")
    distribution = f"kallithea-host-{plugin.replace('_', '-')}"
    folder = into / distribution
    names = {
        "plugin": plugin,
        "package": f"kallithea_host_{plugin}",
        "distribution": distribution,
        "settings": f"{plugin.title().replace('_', '')}Settings",
        "host_version": version(),
    }
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise CannotWriteError(f"{folder} exists already") from None
    for target, source in _rendered(names):
        path = folder / target
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


def _rendered(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each file's place in the distribution, and what it holds."""
    templates = Environment(
        loader=PackageLoader(__package__, "."),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is written is Python and TOML
    )
    for target, template in FILES.items():
        yield target.format(**names), templates.get_template(template).render(names)
