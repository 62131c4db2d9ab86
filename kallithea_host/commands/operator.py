"""Who the operator's program works as, and the host it works on."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kallithea_host import assembly
from kallithea_host.auth import Caller
from kallithea_host.dispatch import NO_TARGET
from kallithea_host.jobs import DbJob, DirectJobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kallithea_host.config import Settings
    from kallithea_host.host import Host
    from kallithea_host.registry import Registry

CALLER: Final = Caller(user_id=0, username="kallithea-host", admin=True, address="")
"""The operator: may everything, and is no user (rows that name a user hold null for him)."""


class Operator:
    """What a command is handed by ``click.pass_obj``."""

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self.settings = settings
        self.registry = registry

    @cached_property
    def host(self) -> Host:
        """The host on the data folder, which must exist and be up to date."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        return assembly.assemble_existing(self.settings, self.registry, DirectJobs(), reactor)  # type: ignore[arg-type]

    def set_up(self) -> bool:
        """Make the data folder, or bring its database up to date; whether it was made now."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        made = assembly.assemble(self.settings, self.registry, DirectJobs(), reactor)  # type: ignore[arg-type]
        self.__dict__["host"], first = made
        return first

    @contextmanager
    def reading(self) -> Iterator[DbJob]:
        """A transaction that reads."""
        with self.host.database.read() as db:
            yield DbJob(db, CALLER, self.host, NO_TARGET)

    @contextmanager
    def writing(self) -> Iterator[DbJob]:
        """A transaction that writes; what it queued for after the commit is done at the end."""
        with self.host.database.write() as db:
            job = DbJob(db, CALLER, self.host, NO_TARGET)
            yield job
        job.run_effects()

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "host" in self.__dict__:
            self.host.database.close()
