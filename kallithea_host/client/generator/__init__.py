"""Writes typed client classes from an OpenRPC document: ``make clients`` for the methods we have.

``python -m kallithea_host.client.generator DOCUMENT FOLDER`` does the same for any server's
document, as ``kallithea-api rpc.discover --format json`` prints it: its plugins' methods are then
in the classes, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kallithea_host.client.generator.classes import BLOCKING, DEFERRED, class_module
from kallithea_host.client.generator.objects import objects_module

if TYPE_CHECKING:
    from collections.abc import Mapping

RESULTS: Final = "results.py"


def modules(document: Mapping[str, Any], package: str) -> dict[str, str]:
    """The sources of the modules of a package, by file name."""
    methods = sorted(document["methods"], key=lambda method: str(method["name"]))
    schemas = document["components"]["schemas"]
    results = f"{package}.{RESULTS.removesuffix('.py')}"
    return {
        RESULTS: objects_module(schemas),
        "blocking.py": class_module(BLOCKING, methods, results),
        "deferred.py": class_module(DEFERRED, methods, results),
    }
