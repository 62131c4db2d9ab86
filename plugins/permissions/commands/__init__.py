"""The operator's commands for what holds on the whole server: ``permission`` and ``setting``."""

from kallithea_plugins.permissions.commands.permission import permission
from kallithea_plugins.permissions.commands.setting import setting

__all__ = ["permission", "setting"]
