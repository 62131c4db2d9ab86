"""Bodies on their way to the client: whole, in parts, made while they leave, and broken off."""

from dataclasses import replace
from datetime import UTC, datetime
from http.client import BadStatusLine, IncompleteRead

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from kallithea_host import Reply, VcsError, ViewCall, Views, hookimpl
from kallithea_host.replies import ClientLeft
from kallithea_host.testing import plugin

views = Views("probe")
made = []
begin = []


class Stream:
    """Ten bytes in pieces of two; it may end with a failure, or not end."""

    start = b"01"

    def __init__(self, how):
        self.how = how
        self.consumer = None
        self.discarded = self.stopped = False
        made.append(self)

    def discard(self):
        self.discarded = True

    def deliver(self, consumer):
        self.consumer = consumer
        consumer.registerProducer(self, streaming=True)
        for piece in (b"01", b"23", b"45", b"67", b"89"):
            consumer.write(piece)
        if self.how == "open":
            return Deferred()
        consumer.unregisterProducer()
        if self.stopped or self.how == "left":
            return fail(ClientLeft("stopped"))
        failures = {"fail": VcsError("the disk is gone"), "bug": RuntimeError("a bug in a stream")}
        return fail(failures[self.how]) if self.how in failures else succeed(None)

    def stopProducing(self):  # noqa: N802 - Twisted's name
        self.stopped = True

    def pauseProducing(self):  # noqa: N802 - Twisted's name
        pass

    resumeProducing = pauseProducing  # noqa: N815 - Twisted's name


@views.of_repository("ProbeController:stream", "stream/{how}", needs="repository.read")
async def stream(call: ViewCall, how: str) -> Reply:
    """A body that is made while it leaves."""
    size = {"long": None, "fail": None, "bug": None, "cut": 11}.get(how, 10)
    return Reply(body=Stream(how), size=size, etag="e", ranges=True)


@views.of_repository("ProbeController:text", "text", needs="repository.read")
async def text(call: ViewCall) -> Reply:
    """A body that is there at once, with a date."""
    body = b"text" if call.wants("e:1,2+3") else None
    modified = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Reply(body=body, etag="e:1,2+3", modified=modified, media_type="text/x-probe")


@views.of_repository("ProbeController:dated", "dated", needs="repository.read")
async def dated(_call: ViewCall) -> Reply:
    """A body with a date and no etag."""
    return Reply(body=b"text", modified=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))


@views.of_repository("ProbeController:lazy", "lazy", needs="repository.read")
async def lazy(call: ViewCall) -> Reply:
    """Makes no body for anybody."""
    return Reply(body=None)


@views.of_repository("ProbeController:waiting", "waiting", needs="repository.read")
async def waiting(call: ViewCall) -> Reply:
    """Begins with its work when the test lets it, and is told whether anybody waits for that."""
    await begin[0]
    call.when_left(begin.clear)
    return Reply(body=b"text")


class Probe:
    @hookimpl
    def kallithea_views(self):
        return views


@pytest.fixture
def plugins():
    made.clear()
    return [plugin("probe", Probe())]


@pytest.fixture
def settings(settings):
    names = tuple(view.name for view in views)
    return replace(settings, api_access_controllers_whitelist=names)


@pytest.fixture
def alias():
    return "hg"


def test_a_stream_of_known_size_says_how_long_it_is(get, repo):
    answer = get(f"/{repo}/stream/short")
    assert (answer.status, answer.body) == (200, b"0123456789")
    assert answer.headers["content-length"] == "10"


def test_a_stream_of_unknown_size_is_sent_in_chunks(get, repo):
    answer = get(f"/{repo}/stream/long", Range="bytes=0-1")
    assert (answer.status, answer.body) == (200, b"0123456789")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert "accept-ranges" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "part"),
    [("0-0", b"0"), ("1-2", b"12"), ("3-6", b"3456"), ("4-", b"456789"), ("-3", b"789"),
     ("0-", b"0123456789")],
)  # fmt: skip
def test_a_part_of_a_stream_is_cut_out_of_it_and_ends_it(get, repo, asked, part):
    answer = get(f"/{repo}/stream/short", Range=f"bytes={asked}")
    assert (answer.status, answer.body) == (206, part)
    assert answer.headers["content-length"] == str(len(part))
    assert made[0].stopped is not part.endswith(b"9")


def test_a_stream_that_is_shorter_than_it_said_breaks_the_connection(api, repo, logged):
    with pytest.raises(IncompleteRead):
        api.request("GET", path=f"/{repo}/stream/cut?api_key={api._key}")
    assert any("broke off" in str(event.get("log_format")) for event in logged)


def test_a_client_that_leaves_with_all_it_was_promised_is_answered(get, repo, logged):
    answer = get(f"/{repo}/stream/left")
    assert (answer.status, answer.body) == (200, b"0123456789")
    assert not any("broke off" in str(event.get("log_format")) for event in logged)


def test_a_stream_that_nobody_reads_is_discarded(get, repo):
    get(f"/{repo}/stream/short", verb="HEAD")
    get(f"/{repo}/stream/short", If_None_Match='"e"')
    get(f"/{repo}/stream/short", Range="bytes=10-")
    assert [(each.consumer, each.discarded) for each in made] == [(None, True)] * 3


@pytest.mark.parametrize("how", ["fail", "bug"])
def test_a_stream_that_fails_on_the_way_breaks_the_connection_and_is_logged_once(
    api, repo, logged, how
):
    path = f"/{repo}/stream/{how}?api_key={api._key}"
    with pytest.raises(IncompleteRead):
        api.request("GET", path=path)
    events = [event for event in logged if "broke off" in str(event.get("log_format"))]
    assert [event["view"] for event in events] == ["ProbeController:stream"]
    assert api._key not in repr(logged)


def test_a_client_that_leaves_is_no_failure(api, repo, logged, site):
    path = f"/{repo}/stream/open?api_key={api._key}"
    api.request("GET", path=path)
    assert len(made) == 1
    assert not any("log_failure" in event for event in logged)


def test_work_that_begins_after_the_client_has_left_ends_at_once(api, repo):
    begin[:] = [Deferred()]
    with pytest.raises(BadStatusLine):
        api.request("GET", path=f"/{repo}/waiting?api_key={api._key}")
    begin[0].callback(None)
    assert begin == []


def test_etags_and_dates_are_sent_as_http_has_them(get, repo):
    headers = get(f"/{repo}/text").headers
    assert headers["etag"] == '"e:1,2+3"'
    assert headers["last-modified"] == "Thu, 02 Jan 2020 03:04:05 GMT"
    assert headers["content-type"] == "text/x-probe"


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Thu, 02 Jan 2020 03:04:05 GMT", 304),
        ("Thu, 02 Jan 2020 03:04:06 GMT", 304),
        ("Thu, 02 Jan 2020 03:04:04 GMT", 200),
        ("yesterday", 200),
        ("", 200),
        ("Thu, 99 Jan 2020 03:04:05 GMT", 200),
        ("Thu, 02 Xyz 2020 03:04:05 GMT", 200),
        ("Thu, 02 Jan 99999999999999999999 03:04:05 GMT", 200),
    ],
)
def test_a_date_counts_where_there_is_no_etag(get, repo, since, status):
    assert get(f"/{repo}/dated", If_Modified_Since=since).status == status
    known = {"If_Modified_Since": since, "If_None_Match": '"another"'}
    assert get(f"/{repo}/dated", **known).status == 200


def test_what_has_an_etag_is_not_known_by_its_date(get, repo):
    since = "Thu, 02 Jan 2020 03:04:05 GMT"
    assert get(f"/{repo}/text", If_Modified_Since=since).status == 200


def test_a_body_that_is_known_need_not_be_made(get, repo):
    answer = get(f"/{repo}/text", If_None_Match='W/"e:1,2+3"')
    assert (answer.status, answer.body) == (304, b"")
    assert "content-type" not in answer.headers
    assert get(f"/{repo}/text", verb="HEAD").status == 200


def test_a_view_that_makes_no_body_for_a_reader_is_a_bug(get, repo, logged):
    assert get(f"/{repo}/lazy").status == 500
    (event,) = [event for event in logged if "log_failure" in event]
    assert event["view"] == "ProbeController:lazy"
