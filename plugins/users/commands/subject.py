"""Whom a command is about, and why it may fail."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from kallithea_host import ApiError, Ident
from kallithea_host.accounts import get_user
from kallithea_host.passwords import BadPassword

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from kallithea_host import DbJob

user_argument: Final = click.argument("user")
"""Id or name of a user."""


def find(job: DbJob, user: str) -> Row[Any]:
    """The row of the user that the command line names."""
    return get_user(job.db, Ident(user))


@contextmanager
def explained() -> Iterator[None]:
    """Tell the operator the reason of a failure, which clients of the API do not read."""
    try:
        yield
    except BadPassword as error:
        raise click.ClickException(str(error)) from None
    except ApiError as error:
        reason = f": {error.__cause__}" if error.__cause__ else ""
        raise click.ClickException(f"{error}{reason}") from None
