"""Any sequence of changes leaves server, disk and a simple model of both in agreement."""

import shutil
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kallithea_host import Conflict, names, schema
from kallithea_host.commands.operator import CALLER
from kallithea_host.dispatch import NO_TARGET
from kallithea_host.storage import checks, trash

NAMES = st.sampled_from(["a", "A", "b", "a/x", "a/y", "b/x", "B/x", "a/x/deep", "c", "d/x"])
LASTS = st.sampled_from(["a", "x", "X", "y"])
GROUPS = st.sampled_from([None, "/", "a", "b", "a/x"])


@dataclass
class Model:
    """What there should be; repositories by their ids."""

    names: dict = field(default_factory=dict)
    parents: dict = field(default_factory=dict)
    groups: set = field(default_factory=set)
    trash: list = field(default_factory=list)
    """Of each entry: the names and parents that went, the parents of forks that stayed."""

    def shown(self):
        return {name: self.names.get(self.parents[key]) for key, name in self.names.items()}

    def free(self, name, leaving=None):
        """Whether a repository may be put at a name, one of another id if ``leaving`` moves."""
        taken = {names.fold(other) for key, other in self.names.items() if key != leaving}
        groups = {names.fold(group): group for group in self.groups}
        above = {names.fold(group): group for group in names.ancestors(name)}
        inside = {names.fold(other) for other in self.names.values()} & set(above)
        twins = any(groups.get(key, group) != group for key, group in above.items())
        return not (names.fold(name) in taken | set(groups) or inside or twins)

    def put(self, key, name, parent=None):
        self.names[key], self.parents[key] = name, parent
        self.groups.update(names.ancestors(name))

    def family(self, key):
        found = [key]
        for each in found:
            found.extend(fork for fork, parent in self.parents.items() if parent == each)
        return found

    def throw_away(self, gone):
        kept = {key: (self.names.pop(key), self.parents.pop(key)) for key in gone}
        detached = {key: parent for key, parent in self.parents.items() if parent in gone}
        self.parents.update(dict.fromkeys(detached))
        self.trash.append((kept, detached))

    def bring_back(self, place):
        kept, detached = self.trash.pop(place)
        for key, (name, parent) in kept.items():
            self.put(key, name, parent if parent in self.names else None)
        for key, parent in detached.items():
            if key in self.names and self.parents[key] is None:
                self.parents[key] = parent


class Changes(RuleBasedStateMachine):
    """Calls over HTTP, compared with the model after each; a subclass has the ``server``."""

    def __init__(self):
        super().__init__()
        self.api, self.host = self.server
        self.model = Model()

    def teardown(self):
        """Begin anew: the next sequence works on the same server."""
        with self.host.database.write() as db:
            db.execute(schema.repositories.update().values(fork_of_id=None))
            db.execute(schema.repository_groups.update().values(parent_id=None))
            for table in (schema.trash, schema.repositories, schema.repository_groups):
                db.execute(table.delete())
        shutil.rmtree(self.host.settings.repositories)
        self.host.settings.repositories.mkdir()

    def succeeds(self, method, **args):
        reply = self.api.ask({"id": 1, "api_key": self.api._key, "method": method, "args": args})
        assert reply["error"] != "Internal server error"
        return reply["error"] is None

    def any_key(self, data):
        return data.draw(st.sampled_from(sorted(self.model.names)), "repository")

    def is_there(self):
        return bool(self.model.names)

    @rule(name=NAMES)
    def create(self, name):
        expected = self.model.free(name)
        assert self.succeeds("create_repo", repo_name=name, repo_type="git") == expected
        if expected:
            self.model.put(self.api.get_repo(repoid=name)["repo_id"], name)

    @precondition(is_there)
    @rule(data=st.data(), name=NAMES)
    def fork(self, data, name):
        source, expected = self.any_key(data), self.model.free(name)
        assert self.succeeds("fork_repo", repoid=source, fork_name=name) == expected
        if expected:
            self.model.put(self.api.get_repo(repoid=name)["repo_id"], name, source)

    @precondition(is_there)
    @rule(data=st.data(), last=LASTS, group=GROUPS)
    def rename(self, data, last, group):
        key = self.any_key(data)
        present = self.model.names[key]
        into = names.parent(present) if group is None else group.strip("/")
        new = f"{into}/{last}" if into else last
        expected = not into or into in self.model.groups
        expected = expected and (new == present or self.model.free(new, leaving=key))
        assert self.succeeds("update_repo", repoid=key, name=last, group=group) == expected
        if expected:
            self.model.put(key, new, self.model.parents[key])

    @precondition(is_there)
    @rule(data=st.data(), mode=st.sampled_from(["", "detach", "delete"]))
    def delete(self, data, mode):
        key = self.any_key(data)
        family = self.model.family(key)
        expected = bool(mode) or len(family) == 1
        assert self.succeeds("delete_repo", repoid=key, forks=mode) == expected
        if expected:
            self.model.throw_away(family if mode == "delete" else [key])

    @precondition(lambda self: self.model.trash)
    @rule(data=st.data())
    def restore(self, data):
        place = data.draw(st.integers(0, len(self.model.trash) - 1), "entry")
        kept, _ = self.model.trash[place]
        expected = all(self.model.free(name) for name, _ in kept.values())
        assert self.restored(place) == expected
        if expected:
            self.model.bring_back(place)

    def restored(self, place):
        with self.host.database.read() as db:
            entry_id = trash.entries(db)[place].entry_id
        run = self.host.in_transaction
        try:
            intent_id = run(CALLER, NO_TARGET, trash.plan_restoring, (entry_id,))
        except Conflict:
            return False
        run(CALLER, NO_TARGET, trash.restore, (entry_id, intent_id))
        return True

    @invariant()
    def server_and_model_agree(self):
        shown = {each["repo_name"]: each["fork_of"] for each in self.api.get_repos()}
        assert shown == self.model.shown()

    @invariant()
    def nothing_is_wrong(self):
        assert list(checks.findings(self.host, verify=False)) == []
        building = self.host.settings.repositories / ".tmp"
        assert not building.exists() or list(building.iterdir()) == []


def test_server_disk_and_model_agree_after_every_change(api, host):
    machine = type("ChangesOfThisServer", (Changes,), {"server": (api, host)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
