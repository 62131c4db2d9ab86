"""Every change of the disk that a call can make, each on repositories of its own."""

from dataclasses import dataclass, field


@dataclass
class Change:
    """One call, and how to tell that it was made."""

    method: str
    arguments: dict
    there: list = field(default_factory=list)
    """The repositories that are there afterwards."""
    gone: list = field(default_factory=list)
    """Those that are not."""
    again: str | None = None
    """The error of the same call once it was made; None when it may be made again."""

    def make(self, api):
        """Make the call."""
        return api.call(self.method, self.arguments)

    def repeat(self, api):
        """Make the call again, after it was made."""
        if self.again is None:
            self.make(api)
        else:
            assert api.error(self.method, **self.arguments) == self.again


class World:
    """A daemon, repositories with content in it, and a remote server."""

    def __init__(self, daemon, remote, clients):
        self.daemon = daemon
        self.remote = remote
        self.clients = clients

    def fill(self):
        """Make what the changes begin with: for each type a source, and a remote that has grown."""
        for alias, client in self.clients.items():
            path = self.remote.root / f"origin-{alias}"
            if not path.exists():
                client.init(path)
                first = client.commit(path, {"readme": "one\n", "folder/file": "two\n"})
                client.commit(path, {"readme": "three\n"}, branch="side", parent=first)
            self.daemon.api.create_repo(
                repo_name=f"source-{alias}", repo_type=alias, clone_uri=self.remote.url(path.name)
            )
            grown = self.remote.root / f"grown-{alias}"
            if not grown.exists():
                client.run(*_clone[alias], str(path), str(grown))
                client.commit(grown, {"readme": "four\n"})

    def create(self, alias, name):
        repository = f"{name}/new/repository"
        return Change(
            "create_repo",
            {"repo_name": repository, "repo_type": alias},
            there=[repository],
            again=f"repo `{repository}` already exist",
        )

    def clone(self, alias, name):
        change = self.create(alias, name)
        change.arguments["clone_uri"] = self.remote.url(f"origin-{alias}")
        return change

    def fork(self, alias, name):
        repository = f"{name}/new/fork"
        return Change(
            "fork_repo",
            {"repoid": f"source-{alias}", "fork_name": repository},
            there=[repository, f"source-{alias}"],
            again=f"fork `{repository}` already exist",
        )

    def delete(self, alias, name):
        self._fork(f"source-{alias}", name)
        return Change(
            "delete_repo",
            {"repoid": name},
            gone=[name],
            again=f"repository `{name}` does not exist",
        )

    def delete_with_forks(self, alias, name):
        change = self.delete(alias, name)
        self._fork(name, f"{name}-fork")
        self._fork(f"{name}-fork", f"{name}-second")
        change.arguments["forks"] = "delete"
        change.gone += [f"{name}-fork", f"{name}-second"]
        return change

    def delete_leaving_forks(self, alias, name):
        change = self.delete(alias, name)
        self._fork(name, f"{name}-fork")
        change.arguments["forks"] = "detach"
        change.there = [f"{name}-fork"]
        return change

    def rename(self, alias, name):
        self._fork(f"source-{alias}", name)
        return Change(
            "update_repo",
            {"repoid": self._id(name), "name": f"{name}-renamed", "description": "renamed"},
            there=[f"{name}-renamed"],
            gone=[name],
        )

    def move(self, alias, name):
        """Into a group that has no directory: what made it is deleted."""
        self._fork(f"source-{alias}", name)
        self._fork(f"source-{alias}", f"{name}-group/away")
        self.daemon.api.delete_repo(repoid=f"{name}-group/away")
        (self.daemon.root / f"{name}-group").rmdir()
        return Change(
            "update_repo",
            {"repoid": self._id(name), "group": f"{name}-group"},
            there=[f"{name}-group/{name}"],
            gone=[name],
        )

    def create_group(self, _alias, name):
        """In a group that has a directory."""
        self.daemon.api.create_repo_group(group_name=name)
        return Change(
            "create_repo_group",
            {"group_name": "inner", "parent": name},
            again="repo group `inner` already exist",
        )

    def rename_group(self, alias, name):
        """With a repository and its fork below, and a group that holds nothing."""
        self._fork(f"source-{alias}", f"{name}/one")
        self._fork(f"{name}/one", f"{name}/deep/two")
        self.daemon.api.create_repo_group(group_name="empty", parent=name)
        group_id = self.daemon.api.get_repo_group(repogroupid=name)["group_id"]
        return Change(
            "update_repo_group",
            {"repogroupid": group_id, "group_name": f"{name}-renamed", "description": "renamed"},
            there=[f"{name}-renamed/one", f"{name}-renamed/deep/two"],
            gone=[f"{name}/one", f"{name}/deep/two"],
        )

    def move_group(self, alias, name):
        """Into a group that has no directory."""
        change = self.rename_group(alias, name)
        self.daemon.api.create_repo_group(group_name=f"{name}-parent")
        (self.daemon.root / f"{name}-parent").rmdir()
        change.arguments |= {"parent": f"{name}-parent"}
        change.there = [f"{name}-parent/{there}" for there in change.there]
        return change

    def delete_group(self, _alias, name):
        """One that has a directory."""
        self.daemon.api.create_repo_group(group_name=name)
        return Change(
            "delete_repo_group",
            {"repogroupid": name},
            again=f"repository group `{name}` does not exist",
        )

    def pull(self, alias, name):
        self._fork(f"source-{alias}", name)
        address = self.remote.url(f"grown-{alias}")
        self.daemon.api.update_repo(repoid=name, clone_uri=address)
        return Change("pull", {"repoid": name}, there=[name])

    def _fork(self, source, name):
        self.daemon.api.fork_repo(repoid=source, fork_name=name)

    def _id(self, name):
        return self.daemon.api.get_repo(repoid=name)["repo_id"]

    def path(self, name):
        return self.daemon.root / name

    def problems(self, names):
        """What the real clients say is wrong with repositories."""
        return {
            name: found
            for name in names
            if (found := self.clients[self._alias(name)].problems(self.path(name)))
        }

    def _alias(self, name):
        return "hg" if (self.path(name) / ".hg").is_dir() else "git"


_clone = {
    "git": ("clone", "--quiet", "--bare", "--no-local"),
    "hg": ("clone", "--quiet", "--noupdate", "--pull"),
}
