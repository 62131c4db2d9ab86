"""``kallithea-host``, in which the fault happens that the file ``$FAULT`` describes."""

import os
import sys
from pathlib import Path

from kallithea_host.commands import main

sys.path.insert(0, str(Path(__file__).parent))
from faults import POINTS, Faults

if __name__ == "__main__":
    operators = {name: place for name, place in POINTS.items() if name != "answer"}
    Faults(Path(os.environ["FAULT"])).watch(operators)
    main()
