"""Every method of the server, called and waited for.

Written by ``make clients``: what is changed here is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kallithea_host.client.connection import Connection
from kallithea_host.client.messages import given

if TYPE_CHECKING:
    from kallithea_host.client.results import (
        Addresses,
        ChangesetDetails,
        Done,
        LockState,
        LoggedChangeset,
        Node,
        Renewed,
        Repository,
        RepositoryCreated,
        RepositoryDetails,
        RepositoryGroup,
        RepositoryGroupDeleted,
        RepositoryGroupDetails,
        RepositoryGroupTold,
        RepositoryMade,
        RepositoryTold,
        Rescanned,
        ServerInfo,
        User,
        UserDeleted,
        UserDetails,
        UserGroup,
        UserGroupCreated,
        UserGroupDeleted,
        UserGroupTold,
        UserTold,
    )


class Kallithea(Connection):
    """A connection with a method for each of the server's.

    ``Kallithea("https://kallithea.example.com", key).get_repo("tools")`` gives a repository. An
    argument that is None is not sent; ``call`` calls what has no method here.
    """

    def add_user_user_group(
        self,
        usergroupid: int | str,
        userid: int | str,
    ) -> Done:
        """Add a user to a user group.

        Needs admin permission on the user group.

        Args:
            usergroupid: id or name of the user group.
            userid: id or name of the user.

        Returns:
            ``success``, false when he is a member already, and ``msg``.
        """
        result: Done = self.call(
            "add_user_user_group",
            {
                "usergroupid": usergroupid,
                "userid": userid,
            },
        )
        return result

    def create_repo(
        self,
        repo_name: str,
        *,
        owner: int | str | None = None,
        repo_type: str | None = None,
        description: str | None = None,
        private: bool | None = None,
        clone_uri: str | None = None,
        landing_rev: str | None = None,
        enable_statistics: bool | None = None,
        enable_downloads: bool | None = None,
        enable_locking: bool | None = None,
        copy_permissions: bool | None = None,
    ) -> RepositoryCreated:
        """Make a repository, empty or as a clone of a remote one.

        Groups of the name that are missing are made with it: ``foo/bar/baz`` makes ``foo``,
        ``foo/bar`` in it, and the repository in that. At the top level this takes the permission
        ``hg.create.repository``; in a group, writing to the group.

        Args:
            repo_name: the full name.
            owner: id or name of the user who is to own it, for administrators; else the caller.
            repo_type: ``hg``, ``git``, or what another backend serves; default: a setting.
            description: default: the last element of the name.
            private: whether only those with a permission of their own see it; default: a setting.
            clone_uri: address of a remote repository to clone, and to ``pull`` from later.
            landing_rev: the revision shown first, ``<type>:<revision>``, the type being ``rev``,
                ``branch``, ``tag`` or ``book``; without a type it is a ``rev``; default
                ``rev:tip``.
            enable_statistics: flags; default: settings.
            enable_downloads: flags; default: settings.
            enable_locking: flags; default: settings.
            copy_permissions: give it the permissions of its group instead of the default one.
                Default: ``false``.

        Returns:
            ``msg``, ``success`` true, ``task`` null, and ``repo``: the repository object.
        """
        result: RepositoryCreated = self.call(
            "create_repo",
            {
                "repo_name": repo_name,
                **given(
                    {
                        "owner": owner,
                        "repo_type": repo_type,
                        "description": description,
                        "private": private,
                        "clone_uri": clone_uri,
                        "landing_rev": landing_rev,
                        "enable_statistics": enable_statistics,
                        "enable_downloads": enable_downloads,
                        "enable_locking": enable_locking,
                        "copy_permissions": copy_permissions,
                    }
                ),
            },
        )
        return result

    def create_repo_group(
        self,
        group_name: str,
        *,
        description: str | None = None,
        owner: int | str | None = None,
        parent: int | str | None = None,
        copy_permissions: bool | None = None,
    ) -> RepositoryGroupTold:
        """Make a repository group, with its directory.

        Args:
            group_name: the last element of its name.
            description: default: the name.
            owner: id or name of the user who is to own it; the caller when left out.
            parent: id or full name of the group it is to lie in; left out, empty or ``/``: the top
                level.
            copy_permissions: give it the permissions of its parent instead of the default one.
                Default: ``false``.

        Returns:
            ``msg``, and ``repo_group``: the repository group object.
        """
        result: RepositoryGroupTold = self.call(
            "create_repo_group",
            {
                "group_name": group_name,
                **given(
                    {
                        "description": description,
                        "owner": owner,
                        "parent": parent,
                        "copy_permissions": copy_permissions,
                    }
                ),
            },
        )
        return result

    def create_user(
        self,
        username: str,
        email: str | None,
        *,
        password: str | None = None,
        firstname: str | None = None,
        lastname: str | None = None,
        active: bool | None = None,
        admin: bool | None = None,
        extern_type: str | None = None,
        extern_name: str | None = None,
        ldap_dn: str | None = None,
    ) -> UserTold:
        """Create an account.

        Args:
            username: ASCII letters, digits, ``_``, ``-`` and ``.``, beginning with none of the last
                two, not of digits only, at most 255 characters; unique whatever the case.
            email: the primary address, stored in lower case; null or empty: none.
            password: at most 1,024 bytes; empty: none, so that nobody logs in with one.
            firstname: first name.
            lastname: last name.
            active: whether the account's keys are accepted. Default: ``true``.
            admin: whether the user is an administrator. Default: ``false``.
            extern_type: who authenticates the user: ``internal`` (the default), ``ldap``, …
            extern_name: his name there; ``internal`` for that type, else empty, when left out.
            ldap_dn: the same as ``extern_type`` ``ldap`` and this ``extern_name``; empty: not
                given.

        Returns:
            ``msg`` and ``user``, the user object.
        """
        result: UserTold = self.call(
            "create_user",
            {
                "username": username,
                "email": email,
                **given(
                    {
                        "password": password,
                        "firstname": firstname,
                        "lastname": lastname,
                        "active": active,
                        "admin": admin,
                        "extern_type": extern_type,
                        "extern_name": extern_name,
                        "ldap_dn": ldap_dn,
                    }
                ),
            },
        )
        return result

    def create_user_group(
        self,
        group_name: str,
        *,
        description: str | None = None,
        owner: int | str | None = None,
        active: bool | None = None,
    ) -> UserGroupCreated:
        """Make a user group without members.

        Needs the global permission ``hg.usergroup.create.true``. The owner gets an admin row on the
        group, everybody what the ``usergroup.`` default says.

        Args:
            group_name: name of the new user group.
            description: what it is for.
            owner: id or name of the user who is to own it; the caller when left out.
            active: whether the group's permissions hold for its members. Default: ``true``.

        Returns:
            ``msg``, and the user group object as both ``users_group`` and ``user_group``.
        """
        result: UserGroupCreated = self.call(
            "create_user_group",
            {
                "group_name": group_name,
                **given(
                    {
                        "description": description,
                        "owner": owner,
                        "active": active,
                    }
                ),
            },
        )
        return result

    def delete_repo(
        self,
        repoid: int | str,
        *,
        forks: str | None = None,
    ) -> Done:
        """Delete a repository; an operator can bring it back from the trash.

        Args:
            repoid: id or full name of the repository.
            forks: ``detach``: forks stay and forget where they came from; ``delete``: they are
                deleted too, with their forks; left out: a repository with forks is not deleted.

        Returns:
            ``msg`` and ``success`` true.
        """
        result: Done = self.call(
            "delete_repo",
            {
                "repoid": repoid,
                **given(
                    {
                        "forks": forks,
                    }
                ),
            },
        )
        return result

    def delete_repo_group(
        self,
        repogroupid: int | str,
    ) -> RepositoryGroupDeleted:
        """Delete a repository group that holds nothing, with its directory.

        Args:
            repogroupid: id or full name of the repository group.

        Returns:
            ``msg``, and ``repo_group`` null.
        """
        result: RepositoryGroupDeleted = self.call(
            "delete_repo_group",
            {
                "repogroupid": repogroupid,
            },
        )
        return result

    def delete_user(
        self,
        userid: int | str,
    ) -> UserDeleted:
        """Delete an account, with its keys, addresses, permissions and memberships.

        Locks he holds are let go of; the journal keeps his name.

        Args:
            userid: id or name of the user.

        Returns:
            ``msg``, and ``user``, which is null.
        """
        result: UserDeleted = self.call(
            "delete_user",
            {
                "userid": userid,
            },
        )
        return result

    def delete_user_group(
        self,
        usergroupid: int | str,
    ) -> UserGroupDeleted:
        """Delete a user group that no repository has a permission for.

        Needs admin permission on the user group. What it was granted on repository groups and user
        groups, and its memberships, go with it.

        Args:
            usergroupid: id or name of the user group.

        Returns:
            ``msg``, and null as ``user_group``.
        """
        result: UserGroupDeleted = self.call(
            "delete_user_group",
            {
                "usergroupid": usergroupid,
            },
        )
        return result

    def fork_repo(
        self,
        repoid: int | str,
        fork_name: str,
        *,
        owner: int | str | None = None,
        description: str | None = None,
        copy_permissions: bool | None = None,
        private: bool | None = None,
        landing_rev: str | None = None,
    ) -> RepositoryMade:
        """Make a full copy of a repository that remembers where it came from.

        Args:
            repoid: id or full name of the repository.
            fork_name: the full name of the fork; missing groups are made as by ``create_repo``.
            owner: id or name of the user who is to own it, for administrators; else the caller.
            description: default: the last element of the name.
            copy_permissions: give it the permissions of the source instead of the default one.
                Default: ``false``.
            private: default: as the source.
            landing_rev: as in ``create_repo``; default ``rev:tip``.

        Returns:
            ``msg``, ``success`` true, ``task`` null.
        """
        result: RepositoryMade = self.call(
            "fork_repo",
            {
                "repoid": repoid,
                "fork_name": fork_name,
                **given(
                    {
                        "owner": owner,
                        "description": description,
                        "copy_permissions": copy_permissions,
                        "private": private,
                        "landing_rev": landing_rev,
                    }
                ),
            },
        )
        return result

    def get_changeset(
        self,
        repoid: int | str,
        raw_id: str,
        *,
        with_reviews: bool | None = None,
    ) -> ChangesetDetails:
        """A changeset, with what it did to files.

        Args:
            repoid: id or full name of the repository.
            raw_id: hash of the changeset, or whatever else names a revision.
            with_reviews: tell the reviews; this server keeps none. Default: ``false``.

        Returns:
            The changeset object, its ``author`` as ``{"name": …, "email": …}``, with ``added``,
            ``changed`` and ``removed``: paths, compared with the first parent; with
            ``with_reviews`` also ``reviews``: an empty array.
        """
        result: ChangesetDetails = self.call(
            "get_changeset",
            {
                "repoid": repoid,
                "raw_id": raw_id,
                **given(
                    {
                        "with_reviews": with_reviews,
                    }
                ),
            },
        )
        return result

    def get_changesets(
        self,
        repoid: int | str,
        *,
        start: Any = None,
        end: Any = None,
        start_date: str | None = None,
        end_date: str | None = None,
        branch_name: str | None = None,
        reverse: bool | None = None,
        with_file_list: bool | None = None,
        max_revisions: int | None = None,
    ) -> list[LoggedChangeset]:
        """The changesets of a repository, the oldest first.

        Every argument but the repository narrows them down; empty text is the same as null.

        Args:
            repoid: id or full name of the repository.
            start: the first and the last revision: branch, tag, bookmark, number or (abbreviated)
                hash. Both are among the changesets; with ``start`` after ``end`` there are none.
            end: the first and the last revision: branch, tag, bookmark, number or (abbreviated)
                hash. Both are among the changesets; with ``start`` after ``end`` there are none.
            start_date: ``YYYY-MM-DDTHH:MM:SS`` in UTC, inclusive.
            end_date: ``YYYY-MM-DDTHH:MM:SS`` in UTC, inclusive.
            branch_name: hg: what was committed on this named branch; git: what this branch leads
                to.
            reverse: the newest first. Default: ``false``.
            with_file_list: tell the files of each; takes longer. Default: ``false``.
            max_revisions: so many at most: the first ones in the order asked for; 0 is all.

        Returns:
            An array of changeset objects: ``short_id``, ``raw_id``, ``revision``, ``message``,
            ``date``, ``author``; with ``with_file_list`` also ``added``, ``changed``, ``removed``:
            paths, compared with the first parent. A moved file is among both added and removed.
        """
        result: list[LoggedChangeset] = self.call(
            "get_changesets",
            {
                "repoid": repoid,
                **given(
                    {
                        "start": start,
                        "end": end,
                        "start_date": start_date,
                        "end_date": end_date,
                        "branch_name": branch_name,
                        "reverse": reverse,
                        "with_file_list": with_file_list,
                        "max_revisions": max_revisions,
                    }
                ),
            },
        )
        return result

    def get_ip(
        self,
        *,
        userid: int | str | None = None,
    ) -> Addresses:
        """The address that the call came from, and the networks a user may call from.

        Args:
            userid: id or name of the user; the caller when left out.

        Returns:
            ``ip_addr_server`` and, the same, ``server_ip_addr``: the client's address as the server
            sees it. ``user_ips``: the user's own networks, each with ``ip_addr`` (``10.0.0.0/24``)
            and ``ip_range`` (first and last address); none means every address, unless networks
            were set for everybody.
        """
        result: Addresses = self.call(
            "get_ip",
            {
                **given(
                    {
                        "userid": userid,
                    }
                ),
            },
        )
        return result

    def get_locks(
        self,
        *,
        userid: int | str | None = None,
    ) -> list[Repository]:
        """The locked repositories that the caller can read, by name.

        Args:
            userid: id or name of a user, for administrators, else the caller's own: only what he

        Returns:
            An array of repository objects.
        """
        result: list[Repository] = self.call(
            "get_locks",
            {
                **given(
                    {
                        "userid": userid,
                    }
                ),
            },
        )
        return result

    def get_repo(
        self,
        repoid: int | str,
        *,
        with_revision_names: bool | None = None,
        with_pullrequests: bool | None = None,
    ) -> RepositoryDetails:
        """A repository, with who was granted what on it and who follows it.

        Args:
            repoid: id or full name of the repository.
            with_revision_names: tell the names that changesets go by. Default: ``false``.
            with_pullrequests: tell the pull requests; this server keeps none. Default: ``false``.

        Returns:
            The repository object; ``members``: users with their permission, ``default`` first, then
            user groups; ``followers``: user objects. With ``with_revision_names`` also ``tags``,
            ``branches`` and ``bookmarks``: objects of names with the full hash of each; hg's tags
            hold ``tip``, its closed branches are left out. With ``with_pullrequests`` also
            ``pull_requests``: an empty array.
        """
        result: RepositoryDetails = self.call(
            "get_repo",
            {
                "repoid": repoid,
                **given(
                    {
                        "with_revision_names": with_revision_names,
                        "with_pullrequests": with_pullrequests,
                    }
                ),
            },
        )
        return result

    def get_repo_group(
        self,
        repogroupid: int | str,
    ) -> RepositoryGroupDetails:
        """A repository group, with who was granted what on it.

        Args:
            repogroupid: id or full name of the repository group.

        Returns:
            The repository group object: ``group_id``, ``group_name`` (full name),
            ``group_description``, ``parent_group`` (full name or null), ``repositories`` (full
            names of those directly in it) and ``owner`` (user name); and ``members``, as in
            ``get_repo`` with ``group.`` permissions.
        """
        result: RepositoryGroupDetails = self.call(
            "get_repo_group",
            {
                "repogroupid": repogroupid,
            },
        )
        return result

    def get_repo_groups(self) -> list[RepositoryGroup]:
        """All repository groups, by name.

        Returns:
            An array of repository group objects, without ``members``.
        """
        result: list[RepositoryGroup] = self.call("get_repo_groups")
        return result

    def get_repo_nodes(
        self,
        repoid: int | str,
        revision: Any,
        root_path: str,
        *,
        ret_type: str | None = None,
    ) -> list[Node]:
        """The directories and files below a path at a revision.

        Args:
            repoid: id or full name of the repository.
            revision: branch, tag, bookmark, number or (abbreviated) hash; null is the newest.
            root_path: a directory; empty or ``/`` is the top.
            ret_type: ``all``, ``files`` or ``dirs``. Default: ``"all"``.

        Returns:
            An array of ``{"name": full path, "type": "file" | "dir"}``: all directories, then all
            files, each in the order of their names, a directory before what lies in it.
        """
        result: list[Node] = self.call(
            "get_repo_nodes",
            {
                "repoid": repoid,
                "revision": revision,
                "root_path": root_path,
                **given(
                    {
                        "ret_type": ret_type,
                    }
                ),
            },
        )
        return result

    def get_repos(self) -> list[Repository]:
        """All repositories that the caller can read, by name.

        Returns:
            An array of repository objects, without ``members`` and ``followers``.
        """
        result: list[Repository] = self.call("get_repos")
        return result

    def get_server_info(self) -> ServerInfo:
        """What the server is made of.

        Returns:
            ``kallithea_version``: of this server; ``py_version``, ``platform``; ``modules``: the
            installed distributions as ``[name, version]``, by name; ``git_version`` and
            ``git_path`` of the ``git`` program, empty text if there is none; ``plugins``: each with
            ``name``, ``distribution``, ``version`` and ``methods``, their names.
        """
        result: ServerInfo = self.call("get_server_info")
        return result

    def get_user(
        self,
        *,
        userid: int | str | None = None,
    ) -> UserDetails:
        """A user, with the permissions in force for him.

        Everybody may ask for himself; only an administrator for others.

        Args:
            userid: id or name of the user; the caller when left out.

        Returns:
            The user object and ``permissions``: ``global`` names, and the effective permission on
            each of ``repositories``, ``repositories_groups`` and ``user_groups`` by name.
        """
        result: UserDetails = self.call(
            "get_user",
            {
                **given(
                    {
                        "userid": userid,
                    }
                ),
            },
        )
        return result

    def get_user_group(
        self,
        usergroupid: int | str,
    ) -> UserGroup:
        """A user group with its members.

        Needs read permission on the user group.

        Args:
            usergroupid: id or name of the user group.

        Returns:
            The user group object: ``users_group_id``, ``group_name``, ``group_description``,
            ``active``, ``owner`` (user name) and ``members`` (user objects).
        """
        result: UserGroup = self.call(
            "get_user_group",
            {
                "usergroupid": usergroupid,
            },
        )
        return result

    def get_user_groups(self) -> list[UserGroup]:
        """All user groups that the caller may read, in the order of their ids.

        Returns:
            An array of user group objects, as ``get_user_group`` gives them.
        """
        result: list[UserGroup] = self.call("get_user_groups")
        return result

    def get_users(self) -> list[User]:
        """All users, by name.

        Returns:
            User objects, without permissions; the user ``default`` is not among them.
        """
        result: list[User] = self.call("get_users")
        return result

    def grant_user_group_permission(
        self,
        repoid: int | str,
        usergroupid: int | str,
        perm: str,
    ) -> Done:
        """Grant a user group a permission on a repository, in place of the one granted before.

        Needs admin permission on the repository and read permission on the user group.

        Args:
            repoid: id or name of the repository.
            usergroupid: id or name of the user group.
            perm: ``repository.none``, ``.read``, ``.write`` or ``.admin``.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "grant_user_group_permission",
            {
                "repoid": repoid,
                "usergroupid": usergroupid,
                "perm": perm,
            },
        )
        return result

    def grant_user_group_permission_to_repo_group(
        self,
        repogroupid: int | str,
        usergroupid: int | str,
        perm: str,
        *,
        apply_to_children: str | None = None,
    ) -> Done:
        """Grant a user group a permission on a repository group, in place of the one granted
        before.

        Needs admin permission on the repository group and read permission on the user group.

        Args:
            repogroupid: id or full name of the repository group.
            usergroupid: id or name of the user group.
            perm: ``group.none``, ``.read``, ``.write`` or ``.admin``; on repositories the same
                level.
            apply_to_children: as in ``grant_user_permission_to_repo_group``. Default: ``"none"``.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "grant_user_group_permission_to_repo_group",
            {
                "repogroupid": repogroupid,
                "usergroupid": usergroupid,
                "perm": perm,
                **given(
                    {
                        "apply_to_children": apply_to_children,
                    }
                ),
            },
        )
        return result

    def grant_user_permission(
        self,
        repoid: int | str,
        userid: int | str,
        perm: str,
    ) -> Done:
        """Grant a user a permission on a repository, in place of the one he was granted before.

        Only for administrators. What is granted to the user ``default`` holds for everybody who is
        granted nothing else.

        Args:
            repoid: id or name of the repository.
            userid: id or name of the user.
            perm: ``repository.none``, ``.read``, ``.write`` or ``.admin``.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "grant_user_permission",
            {
                "repoid": repoid,
                "userid": userid,
                "perm": perm,
            },
        )
        return result

    def grant_user_permission_to_repo_group(
        self,
        repogroupid: int | str,
        userid: int | str,
        perm: str,
        *,
        apply_to_children: str | None = None,
    ) -> Done:
        """Grant a user a permission on a repository group, in place of the one granted before.

        Needs admin permission on the repository group. A repository asks nothing of the groups it
        lies in: what is to hold below is granted there, too, by ``apply_to_children``. Who
        administers a group decides by it on everything below, whatever he was granted there.

        Args:
            repogroupid: id or full name of the repository group.
            userid: id or name of the user.
            perm: ``group.none``, ``.read``, ``.write`` or ``.admin``; on repositories the same
                level.
            apply_to_children: ``none``; ``repos``: also on all repositories below; ``groups``: also
                on all groups below; ``all``. Another word is ``none``, and ``msg`` says so.
                Default: ``"none"``.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "grant_user_permission_to_repo_group",
            {
                "repogroupid": repogroupid,
                "userid": userid,
                "perm": perm,
                **given(
                    {
                        "apply_to_children": apply_to_children,
                    }
                ),
            },
        )
        return result

    def invalidate_cache(
        self,
        repoid: int | str,
    ) -> str | Renewed:
        """Look at the repository on disk again and renew what is remembered of it.

        Args:
            repoid: id or full name of the repository.

        Returns:
            ``Caches of repository `<repo_name>` ``.
        """
        result: str | Renewed = self.call(
            "invalidate_cache",
            {
                "repoid": repoid,
            },
        )
        return result

    def lock(
        self,
        repoid: int | str,
        *,
        locked: bool | None = None,
        userid: int | str | None = None,
    ) -> LockState:
        """Lock or unlock a repository, or ask who holds its lock.

        Setting a lock replaces another user's; clearing it ignores who holds it.

        Args:
            repoid: id or full name of the repository.
            locked: the new state; left out: only ask.
            userid: id or name of the user who is to hold the lock, for administrators; else the
                caller.

        Returns:
            ``repo``, ``locked``, ``locked_since`` (seconds since 1970 or null), ``locked_by`` (user
            name or null), ``lock_state_changed``, ``msg``.
        """
        result: LockState = self.call(
            "lock",
            {
                "repoid": repoid,
                **given(
                    {
                        "locked": locked,
                        "userid": userid,
                    }
                ),
            },
        )
        return result

    def pull(
        self,
        repoid: int | str,
        *,
        clone_uri: str | None = None,
    ) -> str | Renewed:
        """Bring everything new from the remote repository that this one is a copy of.

        Nothing is pruned; what was rewritten on the remote side is rewritten here.

        Args:
            repoid: id or full name of the repository.
            clone_uri: address to pull from this time; the stored one when left out or empty.

        Returns:
            ``Pulled from `<repo_name>` ``.
        """
        result: str | Renewed = self.call(
            "pull",
            {
                "repoid": repoid,
                **given(
                    {
                        "clone_uri": clone_uri,
                    }
                ),
            },
        )
        return result

    def remove_user_from_user_group(
        self,
        usergroupid: int | str,
        userid: int | str,
    ) -> Done:
        """Remove a user from a user group.

        Needs admin permission on the user group; being a member is not enough to leave it.

        Args:
            usergroupid: id or name of the user group.
            userid: id or name of the user.

        Returns:
            ``success``, false when he is no member, and ``msg``.
        """
        result: Done = self.call(
            "remove_user_from_user_group",
            {
                "usergroupid": usergroupid,
                "userid": userid,
            },
        )
        return result

    def rescan_repos(
        self,
        *,
        remove_obsolete: bool | None = None,
    ) -> Rescanned:
        """Find repositories that were put on the disk by hand, and those that are gone from it.

        New ones belong to the first administrator; missing groups are made. Nothing on the disk is
        changed. Names that are not safe, and those that differ from another only in case, are left
        out, and the log says so.

        Args:
            remove_obsolete: whether repositories that are missing on disk are removed; an operator
                Default: ``false``.

        Returns:
            ``added`` and ``removed``: names. ``removed`` lists what is missing on disk, whether it
            is removed or not.
        """
        result: Rescanned = self.call(
            "rescan_repos",
            {
                **given(
                    {
                        "remove_obsolete": remove_obsolete,
                    }
                ),
            },
        )
        return result

    def revoke_user_group_permission(
        self,
        repoid: int | str,
        usergroupid: int | str,
    ) -> Done:
        """Take back what a user group was granted on a repository; it succeeds when that is
        nothing.

        Needs admin permission on the repository and read permission on the user group.

        Args:
            repoid: id or name of the repository.
            usergroupid: id or name of the user group.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "revoke_user_group_permission",
            {
                "repoid": repoid,
                "usergroupid": usergroupid,
            },
        )
        return result

    def revoke_user_group_permission_from_repo_group(
        self,
        repogroupid: int | str,
        usergroupid: int | str,
        *,
        apply_to_children: str | None = None,
    ) -> Done:
        """Take back what a user group was granted on a repository group, if that is anything.

        Needs admin permission on the repository group and read permission on the user group.

        Args:
            repogroupid: id or full name of the repository group.
            usergroupid: id or name of the user group.
            apply_to_children: as in ``grant_user_permission_to_repo_group``. Default: ``"none"``.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "revoke_user_group_permission_from_repo_group",
            {
                "repogroupid": repogroupid,
                "usergroupid": usergroupid,
                **given(
                    {
                        "apply_to_children": apply_to_children,
                    }
                ),
            },
        )
        return result

    def revoke_user_permission(
        self,
        repoid: int | str,
        userid: int | str,
    ) -> Done:
        """Take back what a user was granted on a repository; it succeeds when that is nothing.

        Only for administrators. Without the row of ``default`` nobody sees the repository to whom
        nothing is granted.

        Args:
            repoid: id or name of the repository.
            userid: id or name of the user.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "revoke_user_permission",
            {
                "repoid": repoid,
                "userid": userid,
            },
        )
        return result

    def revoke_user_permission_from_repo_group(
        self,
        repogroupid: int | str,
        userid: int | str,
        *,
        apply_to_children: str | None = None,
    ) -> Done:
        """Take back what a user was granted on a repository group; it succeeds when that is
        nothing.

        Needs admin permission on the repository group.

        Args:
            repogroupid: id or full name of the repository group.
            userid: id or name of the user.
            apply_to_children: as in ``grant_user_permission_to_repo_group``. Default: ``"none"``.

        Returns:
            ``msg`` and ``success``.
        """
        result: Done = self.call(
            "revoke_user_permission_from_repo_group",
            {
                "repogroupid": repogroupid,
                "userid": userid,
                **given(
                    {
                        "apply_to_children": apply_to_children,
                    }
                ),
            },
        )
        return result

    def rpc_discover(self) -> dict[str, Any]:
        """The methods that the caller may call, as an OpenRPC document.

        A method is among them when the caller has the global permissions it needs; whether he has
        those on an object is seen when he names one.

        Returns:
            An OpenRPC document: for each method its arguments and result as JSON Schema, its
            documentation, and as extensions its other names (``x-aliases``), its plugin
            (``x-plugin``), the permissions it needs (``x-permissions``) and the texts of its errors
            (``x-errors``).
        """
        result: dict[str, Any] = self.call("rpc.discover")
        return result

    def system_list_methods(self) -> list[str]:
        """The names of the methods that the caller may call, sorted.

        Returns:
            An array of names; methods with several are among them by each.
        """
        result: list[str] = self.call("system.listMethods")
        return result

    def system_method_help(
        self,
        method: str,
    ) -> str:
        """The documentation of a method.

        Args:
            method: its name.

        Returns:
            Text of several lines.
        """
        result: str = self.call(
            "system.methodHelp",
            {
                "method": method,
            },
        )
        return result

    def system_method_signature(
        self,
        method: str,
    ) -> list[list[str]]:
        """The types of a method's result and of its arguments, in their order.

        Args:
            method: its name.

        Returns:
            An array of one signature: the type of the result and the types of the arguments, in a
            few words each.
        """
        result: list[list[str]] = self.call(
            "system.methodSignature",
            {
                "method": method,
            },
        )
        return result

    def test(
        self,
        args: Any,
    ) -> Any:
        """What was sent, to try out a client.

        Args:
            args: anything.

        Returns:
            The same.
        """
        result: Any = self.call(
            "test",
            {
                "args": args,
            },
        )
        return result

    def update_repo(
        self,
        repoid: int | str,
        *,
        name: str | None = None,
        owner: int | str | None = None,
        group: int | str | None = None,
        description: str | None = None,
        private: bool | None = None,
        clone_uri: str | None = None,
        landing_rev: str | None = None,
        enable_statistics: bool | None = None,
        enable_downloads: bool | None = None,
        enable_locking: bool | None = None,
    ) -> RepositoryTold:
        """Change a repository: its settings, owner, name or group. What is left out stays.

        Args:
            repoid: id or full name of the repository.
            name: the new last element of the name; or a full name in the present or the given
                group.
            owner: id or name of the new owner, for administrators.
            group: id or full name of the group to move to; ``/`` is the top level.
            description: text.
            private: whether only those with a permission of their own see it.
            clone_uri: address to ``pull`` from; empty for none. A masked password is kept.
            landing_rev: as in ``create_repo``.
            enable_statistics: flags.
            enable_downloads: flags.
            enable_locking: flags.

        Returns:
            ``msg`` and ``repository``: the repository object.
        """
        result: RepositoryTold = self.call(
            "update_repo",
            {
                "repoid": repoid,
                **given(
                    {
                        "name": name,
                        "owner": owner,
                        "group": group,
                        "description": description,
                        "private": private,
                        "clone_uri": clone_uri,
                        "landing_rev": landing_rev,
                        "enable_statistics": enable_statistics,
                        "enable_downloads": enable_downloads,
                        "enable_locking": enable_locking,
                    }
                ),
            },
        )
        return result

    def update_repo_group(
        self,
        repogroupid: int | str,
        *,
        group_name: str | None = None,
        description: str | None = None,
        owner: int | str | None = None,
        parent: int | str | None = None,
        enable_locking: bool | None = None,
    ) -> RepositoryGroupTold:
        """Change a repository group: description, owner, name or parent. What is left out stays.

        With its name the names of all groups and repositories below it change; their ids,
        permissions and forks stay.

        Args:
            repogroupid: id or full name of the repository group.
            group_name: the new last element of the name; or a full name in the present or the given
                parent.
            description: text.
            owner: id or name of the new owner.
            parent: id or full name of the group to move to; ``/`` is the top level.
            enable_locking: taken from older clients and ignored: it is a flag of repositories.

        Returns:
            ``msg`` and ``repo_group``: the repository group object.
        """
        result: RepositoryGroupTold = self.call(
            "update_repo_group",
            {
                "repogroupid": repogroupid,
                **given(
                    {
                        "group_name": group_name,
                        "description": description,
                        "owner": owner,
                        "parent": parent,
                        "enable_locking": enable_locking,
                    }
                ),
            },
        )
        return result

    def update_user(
        self,
        userid: int | str,
        *,
        username: str | None = None,
        email: str | None = None,
        password: str | None = None,
        firstname: str | None = None,
        lastname: str | None = None,
        active: bool | None = None,
        admin: bool | None = None,
        extern_type: str | None = None,
        extern_name: str | None = None,
        ldap_dn: str | None = None,
    ) -> UserTold:
        """Change an account; what is left out, or null, stays.

        Args:
            userid: id or name of the user.
            username: a new name, as in ``create_user``.
            email: a new primary address in place of the present one; an additional address of the
                user is promoted; empty: none.
            password: a new password; empty: none, so that nobody logs in with one.
            firstname: first name.
            lastname: last name.
            active: whether the account's keys are accepted.
            admin: whether the user is an administrator.
            extern_type: who authenticates the user; empty: not given.
            extern_name: his name there.
            ldap_dn: the same as ``extern_type`` ``ldap`` and this ``extern_name``; empty: not
                given.

        Returns:
            ``msg`` and ``user``, the user object as it is now.
        """
        result: UserTold = self.call(
            "update_user",
            {
                "userid": userid,
                **given(
                    {
                        "username": username,
                        "email": email,
                        "password": password,
                        "firstname": firstname,
                        "lastname": lastname,
                        "active": active,
                        "admin": admin,
                        "extern_type": extern_type,
                        "extern_name": extern_name,
                        "ldap_dn": ldap_dn,
                    }
                ),
            },
        )
        return result

    def update_user_group(
        self,
        usergroupid: int | str,
        *,
        group_name: str | None = None,
        description: str | None = None,
        owner: int | str | None = None,
        active: bool | None = None,
    ) -> UserGroupTold:
        """Change a user group. What is left out stays.

        Needs admin permission on the user group. A new owner is its admin without a row; the rows
        stay as they are, that of the owner before him, too.

        Args:
            usergroupid: id or name of the user group.
            group_name: the new name.
            description: what it is for.
            owner: id or name of the user who is to own it.
            active: whether the group's permissions hold for its members.

        Returns:
            ``msg`` and ``user_group``: the user group object.
        """
        result: UserGroupTold = self.call(
            "update_user_group",
            {
                "usergroupid": usergroupid,
                **given(
                    {
                        "group_name": group_name,
                        "description": description,
                        "owner": owner,
                        "active": active,
                    }
                ),
            },
        )
        return result
