"""The load generator, a process of its own: keep-alive connections that each ask again at once.

It reads one order (JSON) on standard input and writes one answer.
"""

import asyncio
import json
import sys
import time
from collections import deque
from dataclasses import dataclass, field

HEAD = "{verb} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n"
NUMBER = "%NUMBER%"
"""What is replaced in the body by another number each time."""


@dataclass
class Order:
    """What to ask, how often at once and for how long."""

    port: int
    path: str
    body: str
    connections: int
    seconds: float
    first_number: int = 0
    verb: str = "POST"
    headers: str = ""
    """Further ones, as lines."""


@dataclass
class Load:
    """One run."""

    order: Order
    started: float = 0.0
    number: int = 0
    latencies: list[float] = field(default_factory=list)
    errors: deque[str] = field(default_factory=lambda: deque(maxlen=3))
    size: int = 0

    def request(self) -> bytes:
        """The bytes of the next request."""
        self.number += 1
        number = str(self.order.first_number + self.number)
        body = self.order.body.replace(NUMBER, number).encode()
        order = self.order
        head = HEAD.format(
            verb=order.verb, path=order.path, headers=order.headers, length=len(body)
        )
        return head.encode() + body

    @property
    def over(self) -> bool:
        return time.perf_counter() - self.started > self.order.seconds

    def take(self, latency: float, body: bytes) -> None:
        """An answer has come."""
        self.latencies.append(latency)
        self.size = len(body)
        if b'"error":"' in body or b'"error":{' in body:
            self.errors.append(body[-200:].decode(errors="replace"))


class Connection(asyncio.Protocol):
    """Asks, reads the answer, and asks again, until the time is over."""

    def __init__(self, load: Load, done: asyncio.Future[None]) -> None:
        self.load = load
        self.done = done
        self.buffer = bytearray()
        self.end = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(self.load.request())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.end < 0:
            self.read_head()
        if 0 <= self.end <= len(self.buffer):
            self.answered()

    def read_head(self) -> None:
        head, found, _ = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lines = bytes(head).lower().split(b"\r\n")
        lengths = (line[15:] for line in lines if line.startswith(b"content-length:"))
        self.start = len(head) + 4
        self.end = self.start + int(next(lengths, 0))  # none where nothing changed

    def answered(self) -> None:
        self.load.take(time.perf_counter() - self.asked, bytes(self.buffer[self.start : self.end]))
        self.buffer.clear()
        self.end = -1
        if self.load.over:
            self.transport.close()
        else:
            self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.load.over:
            self.load.errors.append(f"the connection was closed: {error}")
        if not self.done.done():
            self.done.set_result(None)


async def run(order: Order) -> dict[str, object]:
    """The figures of one run."""
    loop = asyncio.get_running_loop()
    load = Load(order, time.perf_counter())
    waiting = []
    for _ in range(order.connections):
        done = loop.create_future()
        waiting.append(done)
        await loop.create_connection(lambda d=done: Connection(load, d), "127.0.0.1", order.port)
    await asyncio.gather(*waiting)
    elapsed = time.perf_counter() - load.started
    ordered = sorted(load.latencies)
    return {
        "calls": len(ordered),
        "per_second": len(ordered) / elapsed,
        "p50_ms": 1000 * ordered[len(ordered) // 2],
        "p99_ms": 1000 * ordered[int(len(ordered) * 0.99)],
        "max_ms": 1000 * ordered[-1],
        "bytes": load.size,
        "errors": list(load.errors),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Order(**json.load(sys.stdin))))))
