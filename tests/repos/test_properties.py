"""Any sequence of changes leaves server, disk and a simple model of both in agreement."""

import shutil

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kallithea_host import Conflict, names, schema
from kallithea_host.commands.operator import CALLER
from kallithea_host.dispatch import NO_TARGET
from kallithea_host.storage import checks, trash
from kallithea_host.testing import ApiFailure

NAMES = st.sampled_from(["a", "A", "b", "a/x", "a/y", "b/x", "B/x", "a/x/deep"])
LASTS = st.sampled_from(["a", "x", "X", "y"])
GROUPS = st.sampled_from(["/", "a", "b", "a/x"])


class Model:
    """Repositories with their parents, groups, and what was deleted."""

    def __init__(self):
        self.parents = {}
        self.groups = set()
        self.trash = {}

    def free(self, name, leaving=None):
        taken = {names.fold(other) for other in self.parents if other != leaving}
        groups = {names.fold(group): group for group in self.groups}
        above = names.ancestors(name)
        return not (
            names.fold(name) in taken | set(groups)
            or any(names.fold(group) in {*taken, names.fold(leaving or "")} for group in above)
            or any(groups.get(names.fold(group), group) != group for group in above)
        )

    def put(self, name, parent=None):
        self.parents[name] = parent
        self.groups.update(names.ancestors(name))

    def family(self, name):
        found = [name]
        for each in found:
            found.extend(fork for fork, parent in self.parents.items() if parent == each)
        return found

    def forget(self, gone):
        kept = {name: self.parents.pop(name) for name in gone}
        detached = {name: parent for name, parent in self.parents.items() if parent in gone}
        self.parents.update(dict.fromkeys(detached))
        return kept, detached


def machine_on(api, host):
    root = host.settings.repositories

    class Changes(RuleBasedStateMachine):
        """Calls over HTTP, compared with the model after each."""

        def __init__(self):
            super().__init__()
            self.model = Model()

        def teardown(self):
            """Begin anew: the next sequence works on the same server."""
            with host.database.write() as db:
                db.execute(schema.repositories.update().values(fork_of_id=None))
                db.execute(schema.repository_groups.update().values(parent_id=None))
                for table in (schema.trash, schema.repositories, schema.repository_groups):
                    db.execute(table.delete())
            shutil.rmtree(root)
            root.mkdir()

        def made(self, method, **args):
            """Whether a call succeeds."""
            try:
                api.call(method, args)
            except ApiFailure as failure:
                assert "Internal" not in str(failure)
                return False
            return True

        @rule(name=NAMES)
        def create(self, name):
            expected = self.model.free(name)
            assert self.made("create_repo", repo_name=name, repo_type="git") == expected
            if expected:
                self.model.put(name)

        @rule(source=NAMES, name=NAMES)
        def fork(self, source, name):
            expected = source in self.model.parents and self.model.free(name)
            assert self.made("fork_repo", repoid=source, fork_name=name) == expected
            if expected:
                self.model.put(name, source)

        @rule(name=NAMES, last=LASTS, group=st.none() | GROUPS)
        def rename(self, name, last, group):
            into = names.parent(name) if group is None else group.strip("/")
            new = f"{into}/{last}" if into else last
            known = name in self.model.parents and (not into or into in self.model.groups)
            expected = known and (name == new or self.model.free(new, leaving=name))
            assert self.made("update_repo", repoid=name, name=last, group=group) == expected
            if expected:
                self.renamed(name, new)

        def renamed(self, old, new):
            parent = self.model.parents.pop(old)
            self.model.put(new, parent)
            for fork, parent in self.model.parents.items():
                if parent == old:
                    self.model.parents[fork] = new

        @rule(name=NAMES, mode=st.sampled_from(["", "detach", "delete"]))
        def delete(self, name, mode):
            family = self.model.family(name) if name in self.model.parents else []
            expected = bool(family) and (bool(mode) or len(family) == 1)
            assert self.made("delete_repo", repoid=name, forks=mode) == expected
            if expected:
                gone = family if mode == "delete" else [name]
                with host.database.read() as db:
                    entry_id = trash.entries(db)[-1].entry_id
                self.model.trash[entry_id] = self.model.forget(gone)[0]

        @rule(data=st.data())
        def restore(self, data):
            if not self.model.trash:
                return
            entry_id = data.draw(st.sampled_from(sorted(self.model.trash)))
            kept = self.model.trash[entry_id]
            expected = all(self.model.free(name) for name in kept)
            assert self.restored(entry_id) == expected
            if expected:
                del self.model.trash[entry_id]
                for name in kept:
                    self.model.put(name)
                self.learn_parents()

        def restored(self, entry_id):
            def run(function, *args):
                return host.in_transaction(CALLER, NO_TARGET, function, args)

            try:
                intent_id = run(trash.plan_restoring, entry_id)
            except Conflict:
                return False
            run(trash.restore, entry_id, intent_id)
            return True

        def learn_parents(self):
            """Which links come back hangs on ids, which the model has not."""
            self.model.parents = {r["repo_name"]: r["fork_of"] for r in api.get_repos()}

        @invariant()
        def server_and_model_agree(self):
            shown = {each["repo_name"]: each["fork_of"] for each in api.get_repos()}
            assert shown == self.model.parents

        @invariant()
        def nothing_is_wrong(self):
            assert list(checks.findings(host, verify=False)) == []
            building = root / ".tmp"
            assert not building.exists() or list(building.iterdir()) == []

    return Changes


def test_server_disk_and_model_agree_after_every_change(api, host):
    run_state_machine_as_test(
        machine_on(api, host),
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
