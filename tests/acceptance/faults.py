"""Faults at chosen points of a program: the end of its process, or a failing disk.

A fault is one line in a file: when, where, which time, and what; such as
``before intents.begin 1 kill`` or ``after layout.move 2 ENOSPC``. It happens once.
"""

import errno
import functools
import os
import pkgutil
import re
import signal
from contextlib import contextmanager

POINTS = {
    "intents.begin": "kallithea_host.storage.intents:begin",
    "intents.plan_moves": "kallithea_host.storage.intents:plan_moves",
    "intents.finish": "kallithea_host.storage.intents:finish",
    "intents.undo_on_disk": "kallithea_host.storage.intents:undo_on_disk",
    "intents.undo_in_database": "kallithea_host.storage.intents:undo_in_database",
    "layout.move": "kallithea_host.storage.layout:move",
    "layout.make_directory": "kallithea_host.storage.layout:make_directory",
    "layout.remove_directory": "kallithea_host.storage.layout:remove_directory",
    "layout.make_parents": "kallithea_host.storage.layout:_make_parents",
    "layout.sync": "kallithea_host.storage.layout:sync_directory",
    "layout.make_durable": "kallithea_host.storage.layout:make_durable",
    "layout.remove_tree": "kallithea_host.storage.layout:remove_tree",
    "hg.create": "kallithea_plugins.vcs_hg.backend:HgBackend.create",
    "git.create": "kallithea_plugins.vcs_git.backend:GitBackend.create",
    "hg.fork": "kallithea_plugins.vcs_hg.backend:HgBackend.fork",
    "git.fork": "kallithea_plugins.vcs_git.backend:GitBackend.fork",
    "hg.tip": "kallithea_plugins.vcs_hg.backend:HgBackend.tip",
    "git.tip": "kallithea_plugins.vcs_git.backend:GitBackend.tip",
    "answer": "kallithea_host.resource:ApiResource._send",
}
"""What is watched, by the name it has in faults; ``commit`` is one more: a write's commit."""


class Faults:
    """The faults of this process, to be found in a file."""

    def __init__(self, path):
        self.path = path
        self._seen = 0

    def watch(self, points):
        """Replace the functions by ones that look for a fault before and after."""
        for name, place in points.items():
            owner_name, attribute = re.fullmatch(r"(.+)[.:](\w+)", place).groups()
            owner = pkgutil.resolve_name(owner_name)
            setattr(owner, attribute, self._watched(name, getattr(owner, attribute)))
        database = pkgutil.resolve_name("kallithea_host.database:Database")
        database.write = self._watched_write(database.write)

    def _watched(self, name, function):
        @functools.wraps(function)
        def call(*args, **named):
            self.reached(f"before {name}")
            result = function(*args, **named)
            self.reached(f"after {name}")
            return result

        return call

    def _watched_write(self, write):
        @contextmanager
        def call(database):
            with write(database) as db:
                yield db
                self.reached("before commit")
            self.reached("after commit")

        return call

    def reached(self, where):
        """Let the fault happen if this is its place, for the time it names."""
        try:
            place, which, what = self.path.read_text().rsplit(" ", 2)
        except FileNotFoundError:
            return
        self._seen += place == where
        if place != where or self._seen != int(which):
            return
        self._seen = 0
        self.path.unlink()
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, what)
        raise OSError(number, os.strerror(number))
