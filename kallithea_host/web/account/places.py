"""Where the pages lie: fixed paths, the only ones that anybody is ever sent to."""

from typing import Final

LOGIN: Final = "/_admin/login"
AGAIN: Final = f"{LOGIN}?again=1"
"""For whoever sent a form when his session was over."""
LOGOUT: Final = "/_admin/logout"
ACCOUNT: Final = "/_admin/my_account"
PASSWORD: Final = f"{ACCOUNT}/password"
PERMISSIONS: Final = f"{ACCOUNT}/permissions"
