"""The subcommand ``twistd kallithea``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from twisted.logger import Logger
from twisted.python import usage

from kallithea_host import config
from kallithea_host.rules import ResultStyle
from kallithea_host.service import HostService

if TYPE_CHECKING:
    from kallithea_host.config import Settings

_log = Logger()


class Options(usage.Options):
    """Options of the daemon; each stands over the same setting of the configuration file."""

    synopsis = "[options]"
    longdesc = (
        "Serve Kallithea's JSON-RPC API at /_admin/api. Without options: on 127.0.0.1 port 5000, "
        "with everything kept in the folder kallithea-data."
    )
    optParameters = (  # noqa: N815 - Twisted's name
        ("config", "c", None, "ini file with settings"),
        ("data-dir", "d", None, "folder of the database, the secret and the repositories"),
        ("result-style", None, None, f"shape of results: {' or '.join(get_args(ResultStyle))}"),
        ("access-log", None, None, "file with one line for every HTTP request"),
    )
    compData = usage.Completions(  # noqa: N815 - Twisted's name
        optActions={
            "config": usage.CompleteFiles("*.ini"),
            "data-dir": usage.CompleteDirs(),
            "access-log": usage.CompleteFiles(),
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self["listen"] = []
        self["set"] = []

    def opt_listen(self, endpoint: str) -> None:
        """Endpoint to listen on, as Twisted writes them: tcp:5000:interface=127.0.0.1;
        may be given several times."""  # noqa: D209 - printed as it stands
        self["listen"].append(endpoint)

    opt_l = opt_listen

    def opt_set(self, assignment: str) -> None:
        """Any other setting, as NAME=VALUE; may be given several times."""
        self["set"].append(assignment)

    opt_s = opt_set

    def opt_version(self) -> None:
        """Print the version of kallithea-host and exit."""
        from kallithea_host.version import version  # noqa: PLC0415 - asked for rarely

        print(f"kallithea-host {version()}")  # noqa: T201 - this option prints
        sys.exit(0)

    def postOptions(self) -> None:  # noqa: N802 - Twisted's name
        """Read and check the settings, before anything is started.

        What is wrong is told in one line, which a page about the options would only hide.
        """
        try:
            self.settings = settings_of(self)
        except config.ConfigError as error:
            sys.exit(f"kallithea: {error}")


def settings_of(options: usage.Options) -> Settings:
    """The settings that command line and file amount to; raises ``ConfigError``."""
    overrides = {
        "data_dir": _path(options["data-dir"]),
        "listen": tuple(options["listen"]) or None,
        "api_result_style": options["result-style"],
        "access_log": _path(options["access-log"]),
    }
    return config.load(_path(options["config"]), overrides, options["set"])


def makeService(options: Options) -> HostService:  # noqa: N802 - Twisted's name
    """The service that twistd starts; a plugin that cannot be used is told in one line."""
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

    path = _path(options["config"])
    if path and (ignored := config.ignored_options(path)):
        _log.info("without a meaning here: {options}", options=", ".join(ignored))
    try:
        return HostService(options.settings, reactor)  # type: ignore[arg-type]
    except config.ConfigError as error:
        sys.exit(f"kallithea: {error}")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
