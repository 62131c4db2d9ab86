"""The few choices a server's owner has between ways to answer, as types."""

from __future__ import annotations

from typing import Final, Literal

ResultStyle = Literal["documented", "kallithea"]
"""``documented``: results as the API's documentation shows them; ``kallithea``: as Kallithea 0.3
to 0.7 send them, where those differ."""

ShowKeys = Literal["documented", "own", "never"]
"""``documented``: administrators read all API keys, everybody his own; ``own``: everybody his own;
``never``: no result holds a key."""

PermissionRule = Literal["most_specific", "highest"]
"""``most_specific``: the user's own row, else the highest of his groups, else ``default``'s;
``highest``: the highest of all of them."""

ChosenRule = Literal["as_imported", "most_specific", "highest"]
"""``as_imported``: the rule of the installation that was imported, which the database knows;
without an import ``most_specific``."""
STORED_RULE: Final = "permission_rule"
"""The setting in the database that holds the rule of an imported installation."""
