"""``twistd``, in which faults happen: every line of standard input has one started.

This process has imported what takes long and forks, so that a start takes a tenth of a second. It
answers with the id of the process and, when that has ended, with its exit status.
"""

import json
import os
import sys
from pathlib import Path

import twisted.scripts.twistd

import kallithea_host.assembly  # noqa: F401 - this and the next are imported to be there
import kallithea_plugins.repos
import kallithea_plugins.vcs_git.backend
import kallithea_plugins.vcs_hg.backend  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent))
from faults import POINTS, Faults


def main():
    assert "twisted.internet.reactor" not in sys.modules, "a reactor cannot be shared by processes"
    while line := sys.stdin.readline():
        pid = os.fork()
        if not pid:
            run(**json.loads(line))
        tell(pid)
        tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def tell(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def run(command, folder, log, fault):
    """Become the daemon."""
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    Faults(Path(fault)).watch(POINTS)
    sys.argv = ["twistd", *command]
    twisted.scripts.twistd.run()
    sys.exit()


if __name__ == "__main__":
    main()
