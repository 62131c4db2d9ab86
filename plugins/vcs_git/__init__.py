"""Git: the backend for repositories of type ``git``."""

from __future__ import annotations

from .backend import GitBackend

__all__ = ["GitBackend"]
