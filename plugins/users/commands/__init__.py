"""The operator's commands that look after accounts: ``user``, ``key``, ``ip`` and ``email``."""

from kallithea_plugins.users.commands.email import email
from kallithea_plugins.users.commands.ip import ip
from kallithea_plugins.users.commands.key import key
from kallithea_plugins.users.commands.user import user

__all__ = ["email", "ip", "key", "user"]
