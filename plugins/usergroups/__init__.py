"""Placeholder."""
from kallithea_host import Methods, hookimpl
methods = Methods("usergroups")
@hookimpl
def kallithea_methods() -> Methods:
    return methods
