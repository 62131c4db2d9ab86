"""``kallithea-host``, in which the fault happens that a file describes, the first argument."""

import sys
from pathlib import Path

from kallithea_host.commands import main

sys.path.insert(0, str(Path(__file__).parent))
from faults import POINTS, Faults

if __name__ == "__main__":
    operators = {name: place for name, place in POINTS.items() if name != "answer"}
    Faults(Path(sys.argv.pop(1))).watch(operators)
    main()
