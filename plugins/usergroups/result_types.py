"""The types of what the user groups' methods answer."""

from typing import Annotated, TypedDict

from kallithea_host.result_types import Told, User


class UserGroup(TypedDict):
    """A user group with its members."""

    users_group_id: int
    group_name: str
    group_description: str
    active: bool
    owner: Annotated[str, "A user name."]
    members: list[User]


class UserGroupTold(Told):
    """What was done, in a sentence, and the user group as it is now."""

    user_group: UserGroup


class UserGroupCreated(UserGroupTold):
    """What was done, in a sentence, and the new user group, twice."""

    users_group: UserGroup


class UserGroupDeleted(Told):
    """What was done, in a sentence."""

    user_group: None
