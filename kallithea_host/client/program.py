"""The program ``kallithea-api``: calls a method of a server and prints the answer.

It understands what Kallithea's program of that name understands, reads the same file, and prints
the same. Exit codes: 0 done; 1 the server refused or could not be asked; 2 wrong usage.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kallithea_host.client import completion, output, saved, words
from kallithea_host.client.address import endpoint, proxy_from_environment
from kallithea_host.client.choosing import Given, choose, given
from kallithea_host.client.connection import ANSWER_SECONDS, Connection
from kallithea_host.client.errors import BadAddress, CallError, ClientError
from kallithea_host.client.saved import BadProfile
from kallithea_host.client.waiting import spinner
from kallithea_host.names import plain

if TYPE_CHECKING:
    from kallithea_host.client.choosing import Server

NAME: Final = "kallithea-api"
EPILOG: Final = """\
\b
Examples:
  kallithea-api --save-config --apihost=https://kallithea.example.com --apikey-file=key
  kallithea-api get_repo repoid:tools/deploy
  kallithea-api get_repo --help
  kallithea-api create_user username:bob email:bob@example.com admin=:false password@:-
  kallithea-api --format table get_users

The key comes from --apikey or --apikey-file, else from KALLITHEA_APIKEY, else from the file; the
address from --apihost, KALLITHEA_APIHOST, or the file. A profile, or a file named by --config,
goes before the environment. Other users of this machine can see what --apikey is given while the
program runs; a file and the environment are not seen.
"""


@click.command(epilog=EPILOG, add_help_option=False, context_settings={"max_content_width": 100})
@click.option("--apihost", metavar="URL", help="Address of the server, http://… or https://….")
@click.option("--apikey", metavar="KEY", help="API key, as the server's account page shows it.")
@click.option(
    "--apikey-file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="File that holds the API key; - is standard input.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File with address and key; otherwise ~/.config/kallithea.",
)
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=completion.profiles,
    help="One of several servers whose address and key were saved.",
)
@click.option(
    "--save-config", is_flag=True, help="Save --apihost and the key for later calls, and exit."
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(output.FORMATS),
    default="pretty",
    show_default=True,
    help="Print JSON for people, JSON on one line, or a table.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.IntRange(1, 1_000_000),
    default=ANSWER_SECONDS,
    help=f"How long to wait for the answer; otherwise {ANSWER_SECONDS}.",
)
@click.option("--methods", "list_methods", is_flag=True, help="List the methods of the server.")
@click.option(
    "--completion",
    "shell",
    type=click.Choice(completion.SHELLS),
    help="Print what a shell evaluates for completion, and exit.",
)
@click.version_option(None, "--version", package_name="kallithea-host", prog_name=NAME)
@click.option(
    "-h", "--help", "wants_help", is_flag=True, help="Show this, or the help of METHOD, and exit."
)
@click.argument("method", required=False, shell_complete=completion.methods)
@click.argument("words", nargs=-1, metavar="[NAME:VALUE]...", shell_complete=completion.arguments)
@click.pass_context
def program(ctx: click.Context, /, method: str | None, wanted: output.Format, **more: Any) -> int:
    """Call METHOD of a Kallithea server and print its result.

    NAME:VALUE is an argument of the method, the text after the first colon. NAME=:JSON gives one
    that is no text, NAME@:FILE the text in a file (- is standard input).
    """
    if more["shell"]:
        click.echo(completion.script(program, more["shell"], NAME), nl=False)
        return 0
    if more["wants_help"] and method is None:
        click.echo(ctx.get_help())
        return 0
    options = given(more)
    if more["save_config"]:
        return _save(options)
    server = choose(options)
    if more["wants_help"] or more["list_methods"]:
        return _describe(server, method, wanted, more["timeout"])
    if method is None:
        raise click.UsageError("Please specify method name")
    return _call(server, method, words.arguments(more["words"]), wanted, more["timeout"])


def _save(options: Given) -> int:
    typed = options.with_environment()
    if not (typed.host and typed.key):
        raise click.UsageError("--save-config requires --apikey and --apihost")
    endpoint(typed.host)
    existed = saved.write(options.file, typed.host, typed.key)
    click.echo(f"{'Updated' if existed else 'Created new'} config in {options.file}")
    return 0


def _describe(server: Server, method: str | None, wanted: output.Format, timeout: int) -> int:
    from kallithea_host.client import method_help  # noqa: PLC0415 - seldom needed

    if method is not None:
        click.echo(method_help.help_for(server, method, timeout))
    else:
        listed = method_help.listed(server, timeout)
        output.show_result("json" if wanted == "json" else "table", listed)
    return 0


def _call(
    server: Server, method: str, args: dict[str, Any], wanted: output.Format, timeout: int
) -> int:
    proxy = proxy_from_environment(endpoint(server.host))
    with Connection(server.host, server.key, timeout=timeout, proxy=proxy) as connection:
        output.show_call(wanted, method, server.host)
        try:
            with spinner(f"{method} on {server.host} …"):
                result = connection.call(method, args)
        except CallError as error:
            output.show_error(wanted, str(error))
            return 1
    output.show_result(wanted, result)
    return 0


def main() -> None:
    """Run the program; errors are one line."""
    _open_what_is_closed()
    try:
        sys.exit(program(standalone_mode=False, prog_name=NAME))
    except click.exceptions.Abort:
        sys.exit(f"{NAME}: aborted")
    except (BadAddress, BadProfile) as error:
        _end_usage(click.UsageError(plain(str(error))))
    except click.UsageError as error:
        _end_usage(error)
    except (click.ClickException, ClientError) as error:
        text = error.format_message() if isinstance(error, click.ClickException) else str(error)
        sys.exit(f"{NAME}: {plain(text)}")
    except UnicodeEncodeError:
        sys.exit(f"{NAME}: an argument is no valid text")
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:  # files that are read, and connections, have errors of their own
        sys.exit(f"{NAME}: the output cannot be written: {error.strerror}")


def _open_what_is_closed() -> None:
    """Let what is written be lost where the caller has closed an output."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())


def _end_usage(error: click.UsageError) -> None:
    error.ctx = error.ctx or click.Context(program, info_name=NAME)
    error.show()
    click.echo(f"`{NAME} --help` tells more.", err=True)
    sys.exit(error.exit_code)
