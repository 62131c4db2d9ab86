"""The guard, each time in a process of its own, as it cannot be taken off again."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

FORKER = """
import json, os, socket, sys, urllib.request
from kallithea_host.remote.guard import ConnectionForbidden, guard_connections
from kallithea_host.remote.policy import RemotePolicy

for line in sys.stdin:
    if os.fork() == 0:
        code, environment = json.loads(line)
        os.environ.update(environment)
        try:
            exec(code)
        except OSError as error:
            print(type(getattr(error, "reason", error)).__name__)
        sys.stdout.flush()
        os._exit(0)
    os.wait()
    print("=", flush=True)
"""
"""Runs each line it reads in a fork of its own, and says what was printed and raised there."""

Run = Callable[..., str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run code in a new process; what it prints, which ends with the name of its exception."""
    with subprocess.Popen(
        [sys.executable, "-c", FORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as forker:
        assert forker.stdin
        assert forker.stdout
        instructions, words = forker.stdin, forker.stdout

        def run(code: str, **environment: str) -> str:
            instructions.write(json.dumps([code, environment]) + "\n")
            instructions.flush()
            return "".join(iter(words.readline, "=\n")).strip()

        yield run
        instructions.close()


class Listener(ThreadingHTTPServer):
    """A web server that counts its connections, and redirects when told where to."""

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), Answer)
        self.connections = 0
        self.redirect = ""

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_port}/"

    def verify_request(self, *_arguments: object) -> bool:
        self.connections += 1
        return True


class Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.send_response(302 if self.server.redirect else 200)
        self.send_header("Location", self.server.redirect)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def listening(address: str) -> Iterator[Listener]:
    with Listener(address) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening("127.0.0.1") as server:
        yield server


def fetch(url: str, host: str, *allow: str) -> str:
    return (
        f"guard_connections(RemotePolicy(allow={allow!r}), {host!r})\n"
        f"print(urllib.request.urlopen({url!r}).read().decode())"
    )


def test_an_address_that_is_not_allowed_is_never_connected_to(run: Run, listener: Listener) -> None:
    assert run(fetch(listener.url, "127.0.0.1")) == "ConnectionForbidden"
    assert listener.connections == 0


def test_an_allowed_address_is_connected_to(run: Run, listener: Listener) -> None:
    assert run(fetch(listener.url, "127.0.0.1", "127.0.0.0/8")) == "hello"


def test_a_name_of_a_loopback_address_is_refused(run: Run, listener: Listener) -> None:
    url = f"http://localhost:{listener.server_port}/"
    assert run(fetch(url, "localhost")) == "ConnectionForbidden"
    assert listener.connections == 0


def test_an_allowed_name_is_connected_to_where_it_leads(run: Run, listener: Listener) -> None:
    url = f"http://LocalHost:{listener.server_port}/"
    assert run(fetch(url, "localhost", "localhost")) == "hello"


def test_a_name_that_does_not_exist_is_a_failure_of_the_resolver(run: Run) -> None:
    assert run(fetch("http://no.invalid/", "no.invalid")) == "gaierror"


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "127.1", "[::1]", "0x7f000002"])
def test_a_redirect_leads_to_no_other_host(run: Run, listener: Listener, host: str) -> None:
    with listening("127.0.0.2") as other:
        listener.redirect = f"http://{host}:{other.server_port}/"
        assert run(fetch(listener.url, "127.0.0.1", "127.0.0.1")) == "ConnectionForbidden"
        assert (listener.connections, other.connections) == (1, 0)


def test_a_redirect_leads_to_no_other_allowed_host(run: Run, listener: Listener) -> None:
    with listening("127.0.0.2") as other:
        listener.redirect = other.url
        assert run(fetch(listener.url, "127.0.0.1", "127.0.0.0/8")) == "ConnectionForbidden"
        assert other.connections == 0


def test_a_redirect_on_the_same_host_is_followed(run: Run, listener: Listener) -> None:
    with listening("127.0.0.1") as other:
        listener.redirect = other.url
        assert run(fetch(listener.url, "127.0.0.1", "127.0.0.1")) == "hello"


def test_a_name_that_changes_its_address_is_taken_at_its_first_word(
    run: Run, listener: Listener
) -> None:
    rebinding = """
answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.3"])
real = socket.getaddrinfo
def getaddrinfo(host, *arguments, **options):
    return real(next(answers) if host == "forge.test" else host, *arguments, **options)
socket.getaddrinfo = getaddrinfo
"""
    with listening("127.0.0.2") as other:
        url = f"http://forge.test:{listener.server_port}/"
        assert run(rebinding + fetch(url, "forge.test", "forge.test")) == "hello"
        assert run(rebinding + fetch(other.url, "forge.test", "forge.test")) != "hello"
        assert other.connections == 0


def test_of_several_answers_the_permitted_ones_are_used(run: Run, listener: Listener) -> None:
    mixed = """
real = socket.getaddrinfo
def getaddrinfo(host, *arguments, **options):
    hosts = ["127.0.0.2", "::1", "127.0.0.1"] if host == "forge.test" else [host]
    return [hit for one in hosts for hit in real(one, *arguments, **options)]
socket.getaddrinfo = getaddrinfo
"""
    with listening("127.0.0.2") as other:
        url = f"http://forge.test:{listener.server_port}/"
        assert run(mixed + fetch(url, "forge.test", "127.0.0.1")) == "hello"
        assert other.connections == 0


ALLOWED = "guard_connections(RemotePolicy(allow=('127.0.0.1',)), '127.0.0.1')\n"


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket().connect(('127.0.0.2', {port}))",
        "socket.socket().connect_ex(('127.0.0.2', {port}))",
        "socket.socket().connect(('localhost', {port}))",
        "socket.socket().connect(('127.1', {port}))",
        "socket.socket().connect(('', {port}))",
        "socket.socket(socket.AF_INET6).connect(('::ffff:127.0.0.1', {port}))",
        "import _socket; _socket.socket().connect(('127.0.0.2', {port}))",
        "socket.create_connection(('localhost', {port}))",
        "socket.create_connection(('127.0.0.1', {port}), source_address=('127.0.0.1', 0))",
        "socket.getaddrinfo('localhost', 80)",
        "socket.getaddrinfo(None, 80)",
        "socket.gethostbyname('localhost')",
        "socket.gethostbyname_ex('localhost')",
        "socket.gethostbyaddr('127.0.0.1')",
        "socket.socket(socket.AF_UNIX).connect('/run/x')",
        "socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', {port}))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
        "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('127.0.0.1', {port}))",
        "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', {port}))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "import os; os.system('true')",
        "import os; os.fork() or os._exit(0)",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.posix_spawn('/bin/true', ['true'], {{}})",
        "import subprocess; subprocess.run(['ssh', '-V'])",
    ],
)
def test_there_is_no_way_around(run: Run, listener: Listener, code: str) -> None:
    assert run(ALLOWED + code.format(port=listener.server_port)) == "ConnectionForbidden"
    assert listener.connections == 0


def test_the_resolver_still_answers_for_the_host(run: Run) -> None:
    asked = "print(*sorted({hit[4] for hit in socket.getaddrinfo(b'127.0.0.1', 'http')}))"
    assert run(ALLOWED + asked) == "('127.0.0.1', 80)"
    asked = "socket.getaddrinfo('127.0.0.1', 80, socket.AF_INET6)"
    assert run(ALLOWED + asked) == "gaierror"


def test_connected_sockets_still_send_messages(run: Run) -> None:
    assert run(ALLOWED + "ends = socket.socketpair(); print(ends[0].sendmsg([b'x']))") == "1"


def test_programs_start_where_they_are_needed(run: Run) -> None:
    code = "guard_connections(RemotePolicy(allow=('::1',)), '::1', programs=True)\n"
    assert run(code + "import subprocess; print(subprocess.call(['true']))") == "0"


def test_proxies_of_the_environment_are_forgotten(run: Run, listener: Listener) -> None:
    proxies = {"http_proxy": "http://127.0.0.9:1/", "ALL_PROXY": "socks://127.0.0.9:1/"}
    code = fetch(listener.url, "127.0.0.1", "127.0.0.1") + (
        "\nimport os; print([name for name in os.environ if 'proxy' in name.lower()])"
    )
    assert run(code, **proxies).split() == ["hello", "[]"]
