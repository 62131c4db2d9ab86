"""Mercurial as a library: made ready once for the whole process, and the ui each call gets.

Importing this module imports Mercurial (a third of a second), after the environment has been set so
that no configuration of the account or of a repository is ever read.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from mercurial.interfaces.types import UiT

os.environ.update(
    HGRCPATH="",  # set and empty: unset would mean the system's, the account's and bundled files
    HGRCSKIPREPO="1",  # nor .hg/hgrc: it could name hooks and extensions to run in this process
    HGPLAIN="1",
    HGENCODING="UTF-8",
    HGENCODINGMODE="replace",
)

from mercurial import bundle2, encoding, initialization
from mercurial import ui as uimod
from mercurial.exchanges import bundle_caps

initialization.init()

# The environment above is too late when something else imported Mercurial before. The fallback
# is for bytes that are no UTF-8: without it they would be taken for Latin-1.
encoding.encoding = b"UTF-8"
encoding.encodingmode = b"replace"
encoding.fallbackencoding = b"UTF-8"

# Parts of a bundle that a peer may not send: one makes this process fetch any address, the others
# write files of the store as they come, without checking a hash.
bundle_caps.capabilities[b"remote-changegroup"] = ()
for _part in (b"stream2", b"stream3-exp"):
    bundle2.parthandlermapping.pop(_part, None)

_SETTINGS = {
    b"ui": {
        b"interactive": b"no",
        b"quiet": b"yes",
        b"nontty": b"yes",
        b"report_untrusted": b"no",
        b"clonebundles": b"no",  # or a remote could name further addresses to fetch from
        b"merge": b"internal:fail",
        b"signal-safe-lock": b"no",  # signals are the business of the main program
        b"ssh": b"false",
        b"timeout": b"30",
    },
    b"extensions": {b"git": b"!", b"largefiles": b"!", b"lfs": b"!"},
    b"http": {b"timeout": b"120"},
    b"progress": {b"disable": b"yes"},
    b"server": {b"validate": b"yes"},  # refuse changesets that come without their files
    b"subrepos": {b"allowed": b"no"},
    b"worker": {b"backgroundclose": b"no", b"enabled": b"no"},  # no threads, no forks
}


class _Nowhere(io.RawIOBase):
    """A stream that swallows what a remote says, however much it is."""

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        return memoryview(data).nbytes


def new_ui(findings: io.BytesIO | None = None) -> UiT:
    """Make a ui that asks nothing and prints nothing; warnings go to ``findings``."""
    ui = uimod.ui.load()
    for section, options in _SETTINGS.items():
        for name, value in options.items():
            ui.setconfig(section, name, value, b"kallithea")
    ui.fin = io.BytesIO()
    ui.fout = _Nowhere()
    ui.ferr = _Nowhere() if findings is None else findings
    return ui


def to_text(value: bytes) -> str:
    """Bytes of a repository as text; what is no UTF-8 becomes U+FFFD."""
    return value.decode("utf-8", "replace")
