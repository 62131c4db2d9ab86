"""The dialects of JSON-RPC: bytes to requests, and replies to bytes.

A request of either dialect becomes the same ``Request``, so that what runs it knows of neither.
"""

from kallithea_host.dialects.bodies import Asked, Dialect, decode
from kallithea_host.dialects.limits import Limits
from kallithea_host.dialects.requests import UNASKED, Refusal, Request
from kallithea_host.dialects.results import encode_result

__all__ = [
    "UNASKED",
    "Asked",
    "Dialect",
    "Limits",
    "Refusal",
    "Request",
    "decode",
    "encode_result",
]
