"""The connection that all clients share."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from kallithea_host.client import (
    JSON_RPC_2,
    BadAddress,
    BadAnswer,
    CallError,
    ClientError,
    Connection,
    Unreachable,
)
from kallithea_host.client.address import endpoint, proxy_from_environment
from tests.client_program.answering import Answering

KEY = "0123456789abcdef0123456789abcdef01234567"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def connect(server):
    """A connection to the server, with what a test wants otherwise."""
    made = []

    def connect(**options):
        made.append(Connection(server.host, KEY, **options))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def error_of(connection, kind=ClientError):
    with pytest.raises(kind) as caught:
        connection.call("get_user")
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_a_call_is_what_kallithea_s_own_program_sends(server, connect):
    server.answer = server.result({"name": "x"})
    assert connect().call("get_repo", {"repoid": "x"}) == {"name": "x"}
    assert server.last.path == "/_admin/api"
    assert server.last.headers["Content-Type"] == "text/plain"
    assert server.last.json == {
        "id": 1,
        "api_key": KEY,
        "method": "get_repo",
        "args": {"repoid": "x"},
    }


def test_a_connection_is_kept_for_the_next_call(server, connect):
    connection = connect()
    connection.call("test")
    connection.call("test")
    assert [asked.json["id"] for asked in server.asked] == [1, 2]
    assert len({asked.peer for asked in server.asked}) == 1


def test_threads_that_share_a_connection_keep_theirs_for_the_next_call(server, connect, caplog):
    connection, together = connect(), Barrier(4)

    def answer(asked):
        together.wait(10)
        return server.result(asked.json["args"]["number"])(asked)

    server.answer = answer
    with ThreadPoolExecutor(4) as threads:
        for _ in range(2):
            results = threads.map(lambda n: connection.call("test", {"number": n}), range(4))
            assert list(results) == [0, 1, 2, 3]
    assert len({asked.peer for asked in server.asked}) == 4
    assert caplog.messages == []


def test_the_text_of_an_error_is_the_servers(server, connect):
    server.answer = server.result(error="repository `x` does not exist")
    assert error_of(connect(), CallError) == "repository `x` does not exist"


def test_an_error_found_before_the_id_was_read_is_the_servers_too(server, connect):
    server.answer = lambda _: {"id": None, "result": None, "error": "Content-Length is 0"}
    assert error_of(connect(), CallError) == "Content-Length is 0"


@pytest.mark.parametrize("wrong", [2, "1", True, 1.0, None, [1]])
def test_the_answer_to_another_call_is_refused(server, connect, wrong):
    server.answer = lambda _: {"id": wrong, "result": {}, "error": None}
    assert error_of(connect(), BadAnswer).startswith("the answer is to another call: its id is ")


def test_in_json_rpc_2_the_key_is_in_a_header(server, connect):
    server.answer = lambda asked: {"jsonrpc": "2.0", "id": asked.json["id"], "result": 7}
    assert connect(dialect=JSON_RPC_2).call("get_repo", {"repoid": "x"}) == 7
    assert server.last.headers["Authorization"] == f"Bearer {KEY}"
    assert server.last.json == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "get_repo",
        "params": {"repoid": "x"},
    }


def test_in_json_rpc_2_an_error_has_code_and_data(server, connect):
    error = {"code": -32602, "message": "Invalid params", "data": {"path": "repoid"}}
    server.answer = lambda asked: {"jsonrpc": "2.0", "id": asked.json["id"], "error": error}
    with pytest.raises(CallError, match="Invalid params") as caught:
        connect(dialect=JSON_RPC_2).call("get_repo")
    assert (caught.value.code, caught.value.data) == (-32602, {"path": "repoid"})


@pytest.mark.parametrize(
    "reply",
    [
        {"id": 1, "result": 1, "error": None},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "id": 1, "result": 1, "error": {"code": 1, "message": ""}},
        {"jsonrpc": "2.0", "id": 1, "error": "text"},
        {"jsonrpc": "2.0", "id": 2, "result": 1},
    ],
)
def test_what_is_no_reply_of_json_rpc_2_is_refused(server, connect, reply):
    server.answer = lambda _: reply
    error_of(connect(dialect=JSON_RPC_2), BadAnswer)


def test_a_key_that_fits_in_no_header_is_refused_without_being_shown(server):
    connection = Connection(server.host, "secret\nX-Evil: 1", dialect=JSON_RPC_2)
    assert "secret" not in error_of(connection)
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, HTML, b"<html>Log in</html>"),
        (404, HTML, b"<html>Not found</html>"),
        (502, {}, b""),
        (200, {}, b'{"id": 1, "result": NaN, "error": null}'),
        (200, {}, b"[" * 100_000),
        (200, {}, b'"text"'),
        (200, {}, b'"\xff"'),
        (200, {}, b'{"id": 1, "result": ' + b"1" * 5000 + b', "error": null}'),
    ],
    ids=range(8),
)
def test_what_is_no_api_is_told_with_address_and_status(server, connect, status, headers, body):
    server.answer = lambda _: (status, headers, body)
    text = error_of(connect(), BadAnswer)
    assert text.startswith(f"{server.host}/_admin/api does not answer as the API of Kallithea does")
    assert f"HTTP status {status}, " in text


def test_a_call_that_is_too_large_is_told(server, connect):
    server.answer = lambda _: (413, {"Content-Type": "text/plain"}, b"too large")
    assert (
        error_of(connect(), BadAnswer) == f"the call is larger than {server.host}/_admin/api takes"
    )


def test_an_object_that_is_no_reply_is_refused(server, connect):
    server.answer = lambda _: {"id": 1}
    error_of(connect(), BadAnswer)


def test_a_redirect_is_told_and_not_followed(server, connect):
    with Answering() as other:
        server.answer = lambda _: (307, {"Location": f"{other.host}/_admin/api"}, b"")
        text = error_of(connect(), BadAnswer)
        assert text.startswith(f"{server.host}/_admin/api redirects to {other.host}/_admin/api")
        assert other.asked == []


def test_a_closed_port_is_told():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        text = error_of(Connection(f"http://127.0.0.1:{port}", KEY), Unreachable)
    assert text == f"no connection to 127.0.0.1:{port}: Connection refused"


def test_an_unknown_host_is_told(monkeypatch):
    def look_up(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)  # no test asks a real name server
    text = error_of(Connection("http://no-such-host.invalid", KEY), Unreachable)
    assert text == "no connection to no-such-host.invalid: Name or service not known"


def test_a_server_that_never_answers_is_given_up(server, connect):
    server.answer = lambda _: server.released.wait(20) and {}
    text = error_of(connect(timeout=0.2), Unreachable)
    assert text.startswith("no answer of localhost:")
    assert text.endswith(" within 0.2 s; it may still be at work")


def test_a_connection_that_breaks_is_told(server, connect):
    def broken(asked):
        raise ConnectionResetError

    server.answer = broken
    assert error_of(connect(), Unreachable).startswith("the connection to localhost:")


def test_a_call_is_never_made_twice(server, connect):
    server.answer = lambda _: (503, {"Retry-After": "0"}, b"busy")
    error_of(connect(), BadAnswer)
    assert len(server.asked) == 1


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Certificate and key of ``localhost``, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    files = (folder / "cert.pem", folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


def test_a_certificate_nobody_vouches_for_is_refused(certificate):
    with Answering(certificate) as server:
        text = error_of(Connection(server.host, KEY), Unreachable)
        assert server.asked == []
    assert text.startswith("no trusted connection to localhost:")
    assert "the certificate is not trusted (self-signed certificate)" in text


def test_ssl_cert_file_names_another_authority(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with Answering(certificate) as server, Connection(server.host, KEY) as connection:
        assert connection.call("test") is None


def test_a_certificate_of_another_name_is_refused(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with Answering(certificate) as server:
        host = server.host.replace("localhost", "127.0.0.1")
        assert "the certificate is not trusted" in error_of(Connection(host, KEY), Unreachable)


def test_https_to_a_server_without_it_is_told(server):
    host = server.host.replace("http:", "https:")
    text = error_of(Connection(host, KEY), Unreachable)
    assert text.startswith("no trusted connection to localhost:")
    assert "wrong version number" in text or "record layer failure" in text
    assert text.endswith("(does it speak HTTPS? an address with http:// may be right)")


def test_https_to_a_server_that_waits_for_more_is_told_without_a_word_of_work_at_the_server():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        connection = Connection(f"https://127.0.0.1:{port}", KEY, timeout=0.2)
        text = error_of(connection, Unreachable)
    assert text == (
        f"no trusted connection to 127.0.0.1:{port}: the handshake was not answered "
        "(does it speak HTTPS? an address with http:// may be right)"
    )


def test_a_proxy_is_used_when_one_is_given(server):
    server.answer = server.result("by proxy")
    connection = Connection("http://kallithea.invalid", KEY, proxy=server.host)
    with connection:
        assert connection.call("test") == "by proxy"
    assert server.last.path == "http://kallithea.invalid/_admin/api"


def test_a_proxy_is_told_its_own_password_only(server):
    proxy = server.host.replace("://", "://bob:s%40cret@")
    connection = Connection("https://kallithea.invalid", KEY, proxy=proxy)
    assert "s@cret" not in error_of(connection, Unreachable)
    assert server.last.path == "kallithea.invalid:443"
    assert server.last.headers["Proxy-Authorization"] == "Basic Ym9iOnNAY3JldA=="


def test_a_dead_proxy_is_told(server):
    connection = Connection(server.host, KEY, proxy="http://127.0.0.1:9")
    assert " by the proxy: " in error_of(connection, Unreachable)
    assert server.asked == []


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("socks5://bob:s3cret@localhost", "localhost"),
        ("http://bob:s3cret@[::1", "[::1"),
        ("http://[::1", "http://[::1"),
        ("http://bob:sécret€@localhost", "localhost"),
        ("localhost:port", "localhost:port"),
    ],
)
def test_a_proxy_that_is_none_is_told(server, proxy, shown):
    connection = Connection(server.host, KEY, proxy=proxy)
    assert error_of(connection, BadAddress) == f"`{shown}` is no address of a proxy"


def test_the_environment_names_a_proxy(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "intern.example")
    assert proxy_from_environment("https://x.example/_admin/api") == "http://proxy:3128"
    assert proxy_from_environment("https://intern.example/_admin/api") is None


@pytest.mark.parametrize(
    "host", ["http://localhost:5000", "http://localhost:5000/", "http://localhost:5000//"]
)
def test_a_slash_after_the_host_is_no_part_of_it(host):
    assert endpoint(host) == "http://localhost:5000/_admin/api"


@pytest.mark.parametrize("end", ["", "/", "//"])
def test_the_address_of_the_api_is_the_servers_too(end):
    assert endpoint(f"http://localhost/_admin/api{end}") == "http://localhost/_admin/api"
    assert endpoint(f"http://localhost/x//_admin/api{end}") == "http://localhost/x/_admin/api"
    assert (
        endpoint(f"http://localhost/x_admin/api{end}") == "http://localhost/x_admin/api/_admin/api"
    )


def test_a_server_may_live_below_a_path():
    assert endpoint("https://[::1]/kallithea/") == "https://[::1]/kallithea/_admin/api"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:5000",
        "ftp://localhost",
        "file:///etc/passwd",
        "http://",
        "http://:5000",
        "http://localhost:port",
        "http://localhost:0",
        "http://localhost:99999",
        "http://local host",
        "http://localhost\n",
        "http://[::1",
        "http://localhost/?api_key=x",
        "http://localhost/#top",
        "http://bob:secret@localhost",
    ],
)
def test_what_is_no_address_is_refused(host):
    with pytest.raises(BadAddress) as caught:
        Connection(host, KEY)
    assert "secret" not in str(caught.value)


def test_a_connection_shows_no_key():
    assert KEY not in repr(vars(Connection("http://localhost", KEY))["url"])
    assert KEY not in repr(Connection("http://localhost", KEY))


@pytest.mark.parametrize("heavy", ["twisted", "sqlalchemy", "urllib3", "msgspec", "rich"])
def test_importing_the_client_loads_nothing_heavy(heavy):
    check = f"import sys, kallithea_host.client; sys.exit({heavy!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)
