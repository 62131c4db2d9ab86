"""What a request may look like, how it is refused, and what is told of it."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from kallithea_host import (
    BadRequest,
    Busy,
    Conflict,
    Failed,
    Forbidden,
    NotFound,
    Reply,
    ViewCall,
    Views,
    hookimpl,
    schema,
)
from kallithea_host.testing import plugin
from kallithea_host.testing.rows import DEFAULT
from kallithea_host.web.front import Front
from kallithea_host.web.site import HostSite

views = Views("probe")
called = []


@views.of_repository("ProbeController:show", "show/{path...}", needs="repository.read")
async def show(call: ViewCall, path: str) -> Reply:
    """What the view is told."""
    called.append(call)
    return Reply(body=f"{call.repository.name}|{path}|{call.caller.username}".encode())


@views.of_repository("ProbeController:closed", "closed/{path...}", needs="repository.read")
async def closed(call: ViewCall, path: str) -> Reply:
    """What keys do not open."""
    return Reply(body=b"closed")


@views.of_repository("ProbeController:known", "known", needs="repository.read", to_anonymous=False)
async def known(call: ViewCall) -> Reply:
    """For those who say who they are."""
    return Reply(body=call.caller.username.encode())


@views.of_repository("ProbeController:written", "written", needs="repository.write")
async def written(call: ViewCall) -> Reply:
    """For writers."""
    return Reply(body=b"written")


@views.of_repository(
    "ProbeController:forked", "forked", needs=("repository.read", "hg.fork.repository")
)
async def forked(call: ViewCall) -> Reply:
    """For those who may fork."""
    return Reply(body=b"forked")


@views.of_repository("ProbeController:fail", "fail/{how}", needs="repository.read")
async def fail(call: ViewCall, how: str) -> Reply:
    """Refuses, or is wrong."""
    raise {
        "request": BadRequest("no"), "forbidden": Forbidden("no"), "found": NotFound("no"),
        "conflict": Conflict("no"), "busy": Busy(), "failed": Failed("no"),
        "bug": RuntimeError("a bug in a view"),
    }[how]  # fmt: skip


class Probe:
    @hookimpl
    def kallithea_views(self):
        return views


@pytest.fixture
def plugins():
    called.clear()
    return [plugin("probe", Probe())]


@pytest.fixture
def settings(settings):
    opened = [view.name for view in views if view.name != "ProbeController:closed"]
    return replace(settings, api_access_controllers_whitelist=tuple(opened))


@pytest.fixture
def alias():
    return "hg"


def let_anonymous_in(world):
    with world.door() as db:
        table = schema.users
        db.execute(update(table).where(table.c.user_id == DEFAULT).values(active=True))


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "OPTIONS", "STRANGE"])
def test_another_http_method_is_refused_whoever_asks(get, repo, verb):
    for key in (None, "x"):
        answer = get(f"/{repo}/show/x", verb=verb, key=key)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_key_goes_as_a_parameter_or_as_a_bearer(api, get, repo):
    for path, headers in (
        (f"/{repo}/show/x?api_key={api._key}", {}),
        (f"/{repo}/show/x?b=1&api_key={api._key}&c", {}),
        (f"/{repo}/show/x", {"Authorization": f"Bearer {api._key}"}),
        (f"/{repo}/show/x", {"authorization": f"bearer   {api._key}"}),
        (f"/{repo}/show/x?api_key={api._key}", {"Authorization": "Bearer wrong"}),
    ):
        assert get(path, key=None, **headers).body == f"{repo}|x|admin".encode()


@pytest.mark.parametrize(
    "sent", ["api_key=", "api_key", "api_key=%ff", "api_key=%00", "api_key=x&api_key={key}"]
)
def test_a_key_that_is_none_is_a_bad_one(api, get, repo, world, sent):
    let_anonymous_in(world)
    answer = get(f"/{repo}/show/x?{sent.format(key=api._key)}", key=None)
    assert (answer.status, answer.body) == (401, b"Invalid API key\n")


def test_an_empty_bearer_is_a_bad_key(get, repo, world):
    let_anonymous_in(world)
    assert get(f"/{repo}/show/x", key="").status == 401


def test_other_ways_to_say_who_one_is_open_nothing(api, get, repo):
    for headers in (
        {"Cookie": f"api_key={api._key}; session={api._key}"},
        {"Authorization": f"Basic {api._key}"},
        {"X-Api-Key": api._key},
        {"Referer": f"http://x/?api_key={api._key}"},
    ):
        answer = get(f"/{repo}/show/x", key=None, **headers)
        assert (answer.status, answer.body) == (401, b"An API key is needed.\n")


def test_without_anonymous_access_every_name_is_answered_alike(get, place, world):
    place("private", "hg", private=True)
    place("public", "hg")
    answers = {
        (answer.status, answer.body, answer.headers["www-authenticate"])
        for name in ("private", "public", "absent", "_1", "a/b/c")
        for answer in [get(f"/{name}/show/x", key=None)]
    }
    assert answers == {(401, b"An API key is needed.\n", 'Bearer realm="kallithea"')}


def test_private_and_absent_repositories_cost_the_same_statements_and_no_vcs(
    api, get, place, world, host, statements, monkeypatch
):
    place("private", "hg", private=True)
    world.user("stranger")
    key = api.as_user("stranger")._key
    monkeypatch.delattr(type(host), "repository")  # what every look at the disk begins with
    sent = []
    for name in ("absent", "private", "absent"):
        statements.clear()
        assert get(f"/{name}/show/x", key=key).status == 404
        sent.append([*statements])
    assert sent[1] == sent[2] != []


def test_what_becomes_private_is_gone_at_the_next_request(api, get, repo, world):
    world.user("bob")
    key = api.as_user("bob")._key
    assert get(f"/{repo}/show/x", key=key).status == 200
    api.update_repo(repoid=repo, private=True)
    assert get(f"/{repo}/show/x", key=key).status == 404


def test_a_repository_goes_by_its_id_too(get, place):
    number = place("team/repo", "hg")
    assert get(f"/_{number}/show/x").body == b"team/repo|x|admin"
    assert get(f"/_{number + 1}/show/x").status == 404
    assert get(f"/team/_{number}/show/x").status == 404
    assert get("/_999999999999999999999/show/x").status == 404


def test_names_made_of_words_of_urls_are_found(get, place):
    place("show/show", "hg")
    assert get("/show/show/show/show").body == b"show/show|show|admin"
    assert get("/show/show/show").status == 404


def test_the_shortest_name_that_is_there_is_meant(api, get, place, world):
    place("a", "hg")
    place("b/show/c", "hg")
    assert get("/a/show/c/show/x").body == b"a|c/show/x|admin"
    assert get("/b/show/c/show/x").body == b"b/show/c|x|admin"


def test_a_repository_that_may_not_be_seen_hides_no_other(api, get, place, world):
    place("a", "hg", private=True)
    world.user("bob")
    inner = world.repository("a/show/c")
    world.grant("repository.read", inner, user_id=DEFAULT)
    key = api.as_user("bob")._key
    assert get("/a/show/c/show/x", key=key).body == b"a/show/c|x|bob"


def test_a_view_that_keys_open_does_not_open_the_one_that_was_meant(api, get, place):
    place("a", "hg")
    answer = get("/a/closed/show/x")
    assert (answer.status, answer.body) == (403, b"API keys do not open this page.\n")


def test_a_view_for_the_known_asks_for_a_key_where_others_do_not(get, repo, world):
    let_anonymous_in(world)
    assert get(f"/{repo}/show/x", key=None).body == b"team/repo|x|default"
    assert get(f"/{repo}/known", key=None).status == 401
    assert get(f"/{repo}/known").body == b"admin"


def test_a_view_may_need_more_than_reading(api, get, place, world):
    number = place("team/repo", "hg")
    bob = world.user("bob")
    key = api.as_user("bob")._key
    assert get("/team/repo/written", key=key).status == 404
    world.grant("repository.write", number, user_id=bob)
    assert get("/team/repo/written", key=key).body == b"written"


def test_a_missing_global_permission_is_403(api, get, repo, world):
    bob = world.user("bob")
    world.name("hg.fork.none", user_id=bob)
    answer = get(f"/{repo}/forked", key=api.as_user("bob")._key)
    assert (answer.status, answer.body) == (403, b"Access was denied to this resource.\n")
    assert get(f"/{repo}/forked").body == b"forked"


def test_addresses_outside_everybodys_rules_are_refused_first(get, repo, world):
    let_anonymous_in(world)
    world.add(schema.user_addresses, user_id=DEFAULT, network="10.0.0.0/8")
    for path in (f"/{repo}/show/x", "/absent/show/x"):
        answer = get(path, key=None)
        assert (answer.status, answer.body) == (403, b"request from IP:127.0.0.1 not allowed\n")
    assert get(f"/{repo}/show/x", key=None, peer="10.1.2.3").status == 200


def test_bad_keys_are_slowed_down_together_with_the_api_s(api, get, repo, clock):
    def seconds(path):
        before = clock.seconds()
        assert get(path, key="wrong").status in {401, 403}
        return clock.seconds() - before

    for _ in range(10):
        assert seconds(f"/{repo}/show/x") == 0
        api.ask({"id": 1, "api_key": "wrong", "method": "get_user", "args": {}})
    assert seconds(f"/{repo}/show/x") > 0
    assert seconds(f"/{repo}/closed/x") > 0  # it tells no faster that a key is bad
    assert get(f"/{repo}/show/x").status == 200


def test_a_key_in_the_url_is_kept_from_caches_and_links(api, get, repo):
    for path in (f"/{repo}/show/x", "/absent/show/x", "/nowhere", f"/{repo}/fail/bug"):
        answer = get(f"{path}?api_key={api._key}", key=None)
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert api._key not in repr(answer)


def test_without_a_key_in_the_url_an_answer_is_kept_but_asked_for_again(get, repo):
    assert get(f"/{repo}/show/x").headers["cache-control"] == "private, no-cache"


def test_the_view_learns_of_the_request_but_not_of_the_key(api, get, repo):
    get(f"/{repo}/show/ž x?a=1&a=2&b=%C5%BE&c&api_key={api._key}", key=None, If_None_Match='"e"')
    (call,) = called
    assert call.query == {"a": "1", "b": "ž", "c": ""}
    assert call.path == "/team/repo/show/%C5%BE%20x"
    assert call.known_etags == {"e"}
    assert not call.head
    assert call.wants("f")
    assert not call.wants("e")
    assert api._key not in repr(call)


@pytest.mark.parametrize(
    ("host_header", "base"),
    [("hg.example.org", "http://hg.example.org"), ("[::1]:80", "http://[::1]:80"),
     ("x/y", "http://localhost"), ("x y", "http://localhost"), ("", "http://localhost")],
)  # fmt: skip
def test_the_server_s_address_is_the_one_the_client_used(api, repo, host_header, base):
    head = f"GET /{repo}/show/x HTTP/1.1\r\nHost: {host_header}\r\n"
    api.exchange(f"{head}Authorization: Bearer {api._key}\r\n\r\n".encode(), "GET")
    assert called[0].base_url == base


@pytest.mark.parametrize(
    ("how", "status", "text"),
    [
        ("request", 400, b"no\n"),
        ("forbidden", 403, b"no\n"),
        ("found", 404, b"no\n"),
        ("conflict", 409, b"no\n"),
        ("busy", 503, b"Server is busy, try again later\n"),
        ("failed", 500, b"no\n"),
        ("bug", 500, b"Something went wrong here.\n"),
    ],
)
def test_what_a_view_raises_becomes_a_page(get, repo, how, status, text):
    answer = get(f"/{repo}/fail/{how}")
    assert (answer.status, answer.body) == (status, text)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert ("retry-after" in answer.headers) == (status == 503)


def test_a_bug_is_logged_once_in_full_with_the_view_s_name(api, get, repo, logged):
    get(f"/{repo}/fail/bug?api_key={api._key}", key=None)
    (event,) = [event for event in logged if "log_failure" in event]
    assert event["view"] == "ProbeController:fail"
    assert "a bug in a view" in event["log_failure"].getTraceback()
    assert api._key not in repr(logged) + event["log_failure"].getTraceback()


def test_neither_log_holds_a_key_of_a_url(api, get, repo, site, clock, logged, tmp_path):
    path = tmp_path / "access.log"
    logging = HostSite(site.resource, clock, body_limit=1000, access_log=path)
    logging.startFactory()
    api._site = logging
    for asked in (f"/{repo}/show/x", f"/{repo}/fail/bug", "/absent/show/x", "/nowhere"):
        for verb in ("GET", "HEAD", "POST"):
            api.request(verb, path=f"{asked}?api_key={api._key}")
    logging.stopFactory()
    assert path.read_text().count("\n") == 12
    assert api._key not in path.read_text() + repr(logged)


def test_a_server_that_stops_asks_its_clients_to_leave(api, get, repo, host, clock):
    front = Front(host, clock)
    api._site.resource = front.root
    assert "connection" not in get(f"/{repo}/show/x").headers
    front.close()
    assert get(f"/{repo}/show/x").headers["connection"] == "close"
    assert front.in_flight == 0
