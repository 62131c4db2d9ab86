"""Passwords from where no other process sees them: a terminal, or standard input."""

from __future__ import annotations

import sys

import click


def ask(*, optional: bool = False) -> str:
    """Ask twice on the terminal, without showing what is typed."""
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the password: use --stdin")
    if optional:
        text = "Password (empty: none)"
        password: str = click.prompt(
            text, default="", show_default=False, hide_input=True, confirmation_prompt=True
        )
        return password
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def read() -> str:
    """The first line of standard input."""
    line = sys.stdin.buffer.readline()
    try:
        password = line.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("the password on standard input is not UTF-8") from None
    if not password:
        raise click.ClickException("there is no password on standard input")
    return password
