"""Mercurial: repositories of type ``hg``."""
