"""Placeholder."""
from kallithea_host import Methods, hookimpl
methods = Methods("repos")
@hookimpl
def kallithea_methods() -> Methods:
    return methods
