"""Completion in bash, zsh and fish: methods and arguments as the server describes them.

The shell hands over the line up to the cursor, and gets the kind of what follows (``plain`` or
``file``) with the part of the word that is settled, then one candidate a line: value, tab, help.
The line goes by way of the environment, which only its user can read: it may hold a key.
"""

from __future__ import annotations

import os
import re
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar, Final

import click
from click import shell_completion
from click.shell_completion import CompletionItem, ShellComplete

from kallithea_host.client import choosing, description, remembering, saved
from kallithea_host.client.completion_scripts import BASH, FISH, ZSH
from kallithea_host.client.errors import ClientError
from kallithea_host.names import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kallithea_host.client.description import Described

    Item = CompletionItem[str]

SECONDS: Final = 2.0
"""How long a shell waits for a server at most."""
LINE: Final = "_KALLITHEA_API_LINE"
BREAKS: Final = "_KALLITHEA_API_BREAKS"
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
"""What a shell needs no quotes for; other names are not offered."""


def methods(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Item]:
    """The methods that a word may become."""
    return [
        CompletionItem(name, help=method.summary)
        for method in _described(ctx)
        for name in (method.name, *method.aliases)
        if name.startswith(incomplete)
    ]


def arguments(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Item]:
    """The arguments of the method that a word may become, or the values of one."""
    key, colon, value = incomplete.partition(":")
    if key.endswith("@") and colon:
        return [CompletionItem(value, type="file")]
    method = description.find(_described(ctx), ctx.params.get("method") or "")
    offered = method.arguments if method else ()
    if colon:
        choices = (one.choices for one in offered if one.name == key.removesuffix("="))
        return _starting(incomplete, (f"{key}:{one}" for chosen in choices for one in chosen))
    given = {word.partition(":")[0].rstrip("=@") for word in ctx.params.get("words") or ()}
    return [
        CompletionItem(f"{argument.name}:", help=argument.about)
        for argument in sorted(offered, key=lambda argument: not argument.required)
        if argument.name not in given and argument.name.startswith(incomplete)
    ]


def profiles(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Item]:
    """The profiles that a word may become."""
    return _starting(incomplete, saved.profiles())


def _starting(incomplete: str, values: Iterable[str]) -> list[Item]:
    return [CompletionItem(value) for value in values if value.startswith(incomplete)]


def _described(ctx: click.Context) -> list[Described]:
    """What the server says of itself, if that is known in time; a shell is never kept waiting."""
    found: list[Described] = []

    def look() -> None:
        try:
            server = choosing.choose(choosing.given(ctx.params))
            found.extend(description.methods_in(remembering.recall(server, SECONDS)))
        except (ClientError, click.ClickException):
            return  # there is nothing to offer, and no place to say why

    thread = Thread(target=look, daemon=True)  # looking up a name may take longer than any timeout
    thread.start()
    thread.join(SECONDS)
    return list(found)


class _Completion(ShellComplete):
    """What the three shells have in common."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one under the cursor, and that one."""
        line = os.environ.get(LINE, "")
        words = shell_completion.split_arg_string(line)[1:]
        incomplete = words.pop() if words and not line[-1:].isspace() else ""
        return words, incomplete

    def complete(self) -> str:
        """The answer to the shell."""
        words, incomplete = self.get_completion_args()
        items = self.get_completions(words, incomplete)
        option, equals, _ = incomplete.partition("=")
        prefix = option + equals if equals and option.startswith("--") else ""
        if any(item.type == "file" for item in items):
            start = incomplete.partition(":")[0] + ":" if "@:" in incomplete else prefix
            return f"file\t{start}"
        lines = [self._line(prefix + item.value, item.help or "", incomplete) for item in items]
        return "\n".join(["plain", *filter(None, lines)])

    def _line(self, value: str, about: str, incomplete: str) -> str:
        if not all(map(_NAME.fullmatch, filter(None, re.split("[:=]", value)))):
            return ""
        end = "" if value.endswith(":") else " "
        return f"{self.after_break(value, incomplete)}{end}\t{plain(' '.join(about.split()))}"

    def after_break(self, value: str, _incomplete: str) -> str:
        """The part of a candidate that takes the place of what the shell calls the word."""
        return value


class _Bash(_Completion):
    name: ClassVar[str] = "bash"
    source_template: ClassVar[str] = BASH

    def after_break(self, value: str, incomplete: str) -> str:
        """For bash a word begins anew after ``:``, ``=`` and other characters."""
        breaks = os.environ.get(BREAKS, "")
        settled = max((incomplete.rfind(character) + 1 for character in breaks), default=0)
        return value[settled:]


class _Zsh(_Completion):
    name: ClassVar[str] = "zsh"
    source_template: ClassVar[str] = ZSH


class _Fish(_Completion):
    name: ClassVar[str] = "fish"
    source_template: ClassVar[str] = FISH

    def _line(self, value: str, about: str, incomplete: str) -> str:
        """Fish puts the blank itself."""
        return super()._line(value, about, incomplete).replace(" \t", "\t", 1)


_SHELLS: Final[tuple[type[_Completion], ...]] = (_Bash, _Zsh, _Fish)
SHELLS: Final = tuple(shell.name for shell in _SHELLS)

for _shell in _SHELLS:
    shell_completion.add_completion_class(_shell)


def script(program: click.Command, shell: str, name: str) -> str:
    """What a shell evaluates to learn completion."""
    chosen: Any = shell_completion.get_completion_class(shell)
    source: str = chosen(program, {}, name, f"_{name.replace('-', '_').upper()}_COMPLETE").source()
    return source
