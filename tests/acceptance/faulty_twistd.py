"""``twistd``, in which faults happen: started ahead, it begins when it reads what to run."""

import json
import os
import sys
from pathlib import Path

import twisted.scripts.twistd

import kallithea_host.service

sys.path.insert(0, str(Path(__file__).parent))
from faults import POINTS, Faults

SERVICE = kallithea_host.service  # what takes long to import is here before it is needed


def main():
    faults = Faults(None)
    faults.watch(POINTS)
    text = sys.stdin.read()
    if not text:  # it is not needed
        return
    order = json.loads(text)
    faults.path = Path(order["fault"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.argv = ["twistd", *order["command"]]
    twisted.scripts.twistd.run()


if __name__ == "__main__":
    main()
