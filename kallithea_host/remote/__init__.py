"""Talking to other people's repositories without being talked into anything."""

from kallithea_host.remote.credentials import is_masked, mask, split_password, with_password
from kallithea_host.remote.policy import RemotePolicy, RemoteRefused
from kallithea_host.remote.process import Remotes

__all__ = [
    "RemotePolicy",
    "RemoteRefused",
    "Remotes",
    "is_masked",
    "mask",
    "split_password",
    "with_password",
]
