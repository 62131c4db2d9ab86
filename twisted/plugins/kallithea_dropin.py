"""Tells twistd of its subcommand ``kallithea``; imports nothing of ours until it is run."""

from twisted.application.service import ServiceMaker

kallithea = ServiceMaker(
    "kallithea-host",
    "kallithea_host.tap",
    "Kallithea's JSON-RPC API for Mercurial and Git repositories.",
    "kallithea",
)
