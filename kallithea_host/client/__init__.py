"""Clients of the API: the connection they share, and the program ``kallithea-api``.

Nothing here needs a server's code, so importing it is quick.
"""

from kallithea_host.client.connection import Connection
from kallithea_host.client.errors import (
    BadAddress,
    BadAnswer,
    CallError,
    ClientError,
    Unreachable,
)
from kallithea_host.client.messages import JSON_RPC_2, KALLITHEA

__all__ = [
    "JSON_RPC_2",
    "KALLITHEA",
    "BadAddress",
    "BadAnswer",
    "CallError",
    "ClientError",
    "Connection",
    "Unreachable",
]
