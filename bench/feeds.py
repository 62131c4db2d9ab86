"""Feeds: of one changeset with many files, of many changesets, and of what the reader knows."""

import http.client
import statistics
from pathlib import Path

from bench import data

FEW = 2
"""Connections: a feed keeps a core busy."""


def measure(bench) -> None:
    """Feeds of both systems, against a constant of the same size."""
    files, changesets = bench.size.files, bench.size.files // 40
    for alias in ("hg", "git"):
        name = f"history-{alias}"
        bench.call("create_repo", repo_name=name, repo_type=alias)
        _commit(bench.daemon.data_dir / "repositories" / name, alias, changesets)
        _compare(bench, f"feed, {alias}, changeset of {files:,} files", f"big-{alias}")
        _compare(bench, f"feed, {alias}, {changesets:,} changesets", name)
        _compare(bench, f"feed, {alias}, known, {changesets:,} changesets", name, known=True)


def _commit(path: Path, alias: str, changesets: int) -> None:
    if alias == "hg":
        for _ in range(changesets):
            data.fill_hg(path, 3)
    else:
        data.add_commits(path, changesets)


def _compare(bench, name: str, repository: str, *, known: bool = False) -> None:
    path = f"/{repository}/feed/atom?api_key={bench.daemon.key}"
    etag = _etag(bench.daemon.port, path)
    more = {"verb": "GET", "headers": f"If-None-Match: {etag}\r\n" if known else ""}
    real, ceilings = [], []
    for _ in range(bench.size.rounds):
        real.append(bench.load(bench.daemon.port, path, "", FEW, **more))
        ceilings.append(bench.load(bench.ceiling, f"/{real[-1]['bytes']}", "", FEW, verb="GET"))
    middle = sorted(real, key=lambda run: run["per_second"])[len(real) // 2]
    ceiling = statistics.median(run["per_second"] for run in ceilings)
    ratio = middle["per_second"] / ceiling
    bench.calls.append({"name": name, **middle, "ceiling": ceiling, "ratio": ratio})


def _etag(port: int, path: str) -> str:
    """The etag of a feed, which has to be there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})  # as the load says it
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path.partition('?')[0]} is answered {answer.status}")
        answer.read()
        return answer.headers["ETag"]
    finally:
        connection.close()
