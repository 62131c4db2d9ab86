"""The site's pages, limits and log: in memory, where nothing has to wait."""

import pytest
from twisted.web.resource import Resource

from kallithea_host.web.site import HostSite

SECRET = "5ecret"


class Readable(Resource):
    """Answers GET, and what Twisted makes of it."""

    def render_GET(self, request):  # noqa: N802 - Twisted's name
        return b"read"


class Broken(Resource):
    def render(self, request):
        raise RuntimeError("a resource is broken")


class BrokenLate(Resource):
    def render(self, request):
        request.write(b"so far")
        raise RuntimeError("a resource broke on the way")


@pytest.fixture
def pages(api, site):
    for name, resource in ((b"r", Readable()), (b"b", Broken()), (b"late", BrokenLate())):
        site.resource.putChild(name, resource)
    return api


def get(client, path, verb="GET", **headers):
    return client.request(verb, path=f"{path}?api_key={SECRET}", headers=headers)


@pytest.mark.parametrize(
    ("verb", "path", "status", "text"),
    [
        ("GET", "/nowhere", 404, b"There is nothing here.\n"),
        ("POST", "/nowhere/at/all", 404, b"There is nothing here.\n"),
        ("POST", "/r", 405, b"This cannot be asked for with this HTTP method.\n"),
        ("STRANGE", "/r", 405, b"This cannot be asked for with this HTTP method.\n"),
        ("GET", "/b", 500, b"Something went wrong here.\n"),
    ],
)
def test_error_pages_are_one_line_and_repeat_nothing(pages, logged, verb, path, status, text):
    answer = get(pages, path, verb)
    assert (answer.status, answer.body) == (status, text)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert SECRET not in repr(answer.headers) + repr(logged)


def test_a_refused_http_method_is_told_which_ones_there_are(pages):
    assert get(pages, "/r", "POST").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/nowhere", "/b", "/r"])
def test_head_is_get_without_a_body_and_no_uri_in_the_log(pages, logged, path):
    answer, read = get(pages, path, "HEAD"), get(pages, path)
    assert (answer.status, answer.body) == (read.status, b"")
    assert answer.headers["content-length"] == read.headers["content-length"]
    assert SECRET not in repr(logged)


def test_a_failed_resource_is_logged_once_in_full(pages, logged):
    get(pages, "/b")
    (failure,) = [event["log_failure"] for event in logged if "log_failure" in event]
    assert "a resource is broken" in failure.getTraceback()


def test_a_resource_that_fails_on_the_way_says_no_more(pages, logged):
    sent = b"GET /late HTTP/1.0\r\n\r\n"
    assert pages.exchange(sent).body == b"so far"
    assert any("log_failure" in event for event in logged)


def test_options_for_the_server_itself_are_answered(pages):
    assert pages.request("OPTIONS", path="*").status == 200


@pytest.mark.parametrize(
    "sent",
    [
        f"GET /{SECRET}\r\n\r\n",
        f"GET /{SECRET} HTTP/9\r\n\r\n",
        f"GET /{SECRET} HTTP/1.1\r\nno header\r\n\r\n",
        f"POST /{SECRET} HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        f"POST /{SECRET} HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        f"POST /{SECRET} HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        f"POST /{SECRET} HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        f"GET /{SECRET} HTTP/1.1\r\n" + f"A: {'x' * 9_000}\r\n" * 2 + "\r\n",
    ],
    ids=range(8),
)
def test_what_is_no_http_is_400_and_repeats_nothing(api, sent):
    answer = api.exchange(sent.encode())
    assert (answer.status, answer.body) == (400, b"")


@pytest.fixture
def access_log(tmp_path, site, clock):
    path = tmp_path / "access.log"
    logging = HostSite(site.resource, clock, body_limit=1000, access_log=path)
    logging.startFactory()
    yield logging, path
    logging.stopFactory()


def test_the_access_log_holds_no_query_and_no_referer(api, access_log):
    api._site, path = access_log
    get(api, "/nowhere", Referer=f"http://x/{SECRET}", **{"User-Agent": "mill/1.0"})
    line = path.read_text()
    assert '"GET /nowhere HTTP/1.1" 404' in line
    assert '"mill/1.0"' in line
    assert line.startswith('"127.0.0.1"')
    assert SECRET not in line


def test_without_an_access_log_requests_are_not_logged(api, logged):
    api.request("GET")
    assert not any("GET" in repr(event) for event in logged)
