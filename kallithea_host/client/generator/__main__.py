"""Reads an OpenRPC document and writes client modules; the folder's package name may follow."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kallithea_host.client.generator import modules

USAGE = "usage: python -m kallithea_host.client.generator DOCUMENT|- FOLDER [PACKAGE]"


def main(arguments: list[str]) -> None:
    """Write the modules into the folder; ``-`` reads the document from standard input."""
    if len(arguments) not in {2, 3}:
        sys.exit(USAGE)
    source, folder = arguments[0], Path(arguments[1])
    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    package = arguments[2] if arguments[2:] else folder.resolve().name
    for name, module in modules(json.loads(text), package).items():
        (folder / name).write_text(module, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
