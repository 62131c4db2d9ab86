"""``python -m kallithea_host.discovery [DISTRIBUTION]``: the OpenRPC document of what is installed.

Of the plugins of one distribution, or of all. Results are those of all styles: it is what clients
are made from that call any server.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from kallithea_host import loading
from kallithea_host.config import Settings
from kallithea_host.discovery import openrpc
from kallithea_host.registry import Registry


def installed_document(distribution: str = "") -> dict[str, Any]:
    """The document about the installed plugins of one distribution, or of all."""
    found, _ = loading.installed()
    origin = f"{distribution} " if distribution else ""
    plugins = [plugin for plugin in found if plugin.distribution.startswith(origin)]
    known = Registry(plugins, Settings())
    return openrpc.document(m for plugin in known.plugins for m in known.methods_of(plugin))


if __name__ == "__main__":
    json.dump(installed_document(*sys.argv[1:2]), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
