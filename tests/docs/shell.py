"""Pages of the documentation, done as a reader would do them: in a folder, from top to bottom.

A block marked ``sh`` is typed into a shell; one that starts the daemon is left running in another
one. A comment before a block, ``<!-- write FILE -->``, ``append`` or ``replace``, says that the
reader puts it into a file; ``replace`` takes the place of the line that begins with the same two
words.
"""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kallithea_host.testing.twistd import wait_for

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(
    r"^(?:<!-- (?P<verb>write|append|replace) (?P<file>\S+) -->\n)?```(?P<language>\w+)\n"
    r"(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PIP = """#!/bin/sh
# Stands for pip: folders are installed beside, without a network, and always so that changes count
# at once; everything else must be there.
set -eu
shift
for wanted; do
    folder=${{wanted%%\\[*}}
    case $wanted in
        --*) ;;
        ./*)
            {python} -m pip --quiet --disable-pip-version-check install \\
                --no-deps --no-build-isolation --target {site} --upgrade "$folder"
            for module in "$folder"/kallithea_host_*/__init__.py; do
                package=$(dirname "$module")
                rm -r "{site}/$(basename "$package")"
                ln -s "$PWD/$package" "{site}/"
            done ;;
        *) {python} -c 'import importlib.metadata, sys; importlib.metadata.version(sys.argv[1])' \\
            "${{wanted%%\\[*}}" ;;
    esac
done
"""


@dataclass(frozen=True)
class Block:
    """A block of code of a page, and the file that the reader puts it into, if any."""

    language: str
    text: str
    verb: str | None
    file: str | None


def blocks_of(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    return [
        Block(found["language"], found["text"], found["verb"], found["file"])
        for found in BLOCK.finditer(text)
    ]


class Reader:
    """Somebody who does what a page says."""

    def __init__(self, folder, port):
        self.folder = folder / "reader"
        self.folder.mkdir()
        self.site = folder / "site"
        programs = folder / "programs"
        programs.mkdir()
        pip = programs / "pip"
        pip.write_text(PIP.format(python=sys.executable, site=self.site))
        pip.chmod(0o755)
        self.port = port
        self.log = folder / "log"
        self.environment = {
            "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(self.folder),
            "PYTHONPATH": str(self.site),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.daemon = None

    def follow(self, page):
        """Do everything that a page says; what the shell printed."""
        return "".join(self.do(block) for block in blocks_of(page))

    def do(self, block):
        if block.file:
            self._edit(block)
            return ""
        if block.language != "sh":
            return ""
        script = block.text.replace("5000", str(self.port))
        if script.startswith("twistd"):
            self._start(script)
            return ""
        return self._type(script)

    def _edit(self, block):
        path = self.folder / block.file
        if block.verb == "write":
            path.write_text(block.text)
        elif block.verb == "append":
            path.write_text(f"{path.read_text()}\n\n{block.text}")
        else:
            beginning = " ".join(block.text.split()[:2])
            lines = path.read_text().splitlines(keepends=True)
            (place,) = (n for n, line in enumerate(lines) if line.startswith(f"{beginning} "))
            lines[place] = block.text
            path.write_text("".join(lines))

    def _type(self, script):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _start(self, command):
        with self.log.open("w") as log:
            self.daemon = subprocess.Popen(
                [
                    "bash",
                    "-c",
                    f"exec {command.strip()} --listen tcp:{self.port}:interface=127.0.0.1",
                ],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_for(
            lambda: "is ready at" in self.log.read_text() or self.daemon.poll() is not None,
            "the daemon",
        )
        assert self.daemon.poll() is None, self.log.read_text()

    def close(self):
        """End the daemon."""
        if self.daemon:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(40)
