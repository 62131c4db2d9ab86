"""The feeds of the journal: whose repositories they tell of, and in which words."""

from datetime import datetime, timedelta

import feedparser
import pytest
from sqlalchemy import delete, update

from kallithea_host import schema
from kallithea_host.kinds import KINDS
from kallithea_host.testing.rows import ADMIN, DEFAULT
from tests.views.validity import faults

JOURNAL, PUBLIC = "/_admin/journal/rss", "/_admin/public_journal/rss"
FORMS = pytest.mark.parametrize("form", ["rss", "atom"])
MOMENT = datetime.fromisoformat("2026-01-02T03:00:05.678")
IDS = [f"{number:040x}" for number in range(30)]


@pytest.fixture
def bob(world, api):
    """An ordinary user: his id and his key."""
    bob_id = world.user("bob", email="bob@example.org", firstname="Bob", lastname="Bobson")
    return bob_id, api.as_user("bob")._key


@pytest.fixture
def followed(world):
    """Adds a repository that somebody follows, for everybody to read; its id."""

    def add(name, *follower_ids, **columns):
        repo_id = world.repository(name, **columns)
        world.grant("repository.read", repo_id, user_id=DEFAULT)
        for follower_id in follower_ids:
            since = MOMENT
            world.add(schema.followers, user_id=follower_id, repo_id=repo_id, since=since)
        return repo_id

    return add


@pytest.fixture
def happened(world):
    """Adds an entry to the journal; its id."""

    def add(repo_id, action="pull", user_id=ADMIN, username="admin", minute=0):
        return world.add(
            schema.journal,
            user_id=user_id,
            username=username,
            repo_id=repo_id,
            repo_name="as it was called",
            action=action,
            at=MOMENT + timedelta(minutes=minute),
        )

    return add


def entries(answer):
    assert answer.status == 200
    found = feedparser.parse(answer.body, sanitize_html=False)
    assert not found.bozo
    return found.entries


def titles(answer):
    return [entry.title for entry in entries(answer)]


@FORMS
@pytest.mark.parametrize("journal", ["journal", "public_journal"])
def test_a_journal_is_a_valid_feed(get, followed, happened, bob, journal, form):
    happened(followed("team/a b&c", bob[0]), "push:" + ",".join(IDS[:2]), *[bob[0], "bob"])
    happened(followed("second", bob[0]), minute=1)
    answer = get(f"/_admin/{journal}/{form}", key=bob[1])
    assert answer.headers["content-type"] == f"application/{form}+xml; charset=utf-8"
    assert answer.headers["last-modified"] == "Fri, 02 Jan 2026 03:01:05 GMT"
    assert faults(answer.body, form) == []
    newest, older = entries(answer)
    assert newest.title == "Kallithea Admin - pulled from second"
    assert older.title == "Bob Bobson - pushed into team/a b&c"
    assert older.link == "http://localhost/team/a%20b%26c/changelog"
    assert older.id == "tag:localhost,2026-01-02:/_admin/journal/1"
    assert older.author == "bob@example.org (Bob Bobson)" if form == "rss" else "Bob Bobson"
    assert older.published_parsed[:6] == (2026, 1, 2, 3, 0, 5)


@FORMS
def test_a_journal_in_which_nothing_happened_is_a_valid_feed(get, form):
    answer = get(f"/_admin/journal/{form}")
    assert faults(answer.body, form) == []
    assert entries(answer) == []


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_the_old_address_of_the_public_journal_works(get, followed, happened, form):
    happened(followed("repo", ADMIN))
    assert titles(get(f"/_admin/public_journal_{form}")) == ["Kallithea Admin - pulled from repo"]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("user_created_repo", "created repository"),
        ("user_forked_repo:else", "forked repository"),
        ("user_downloaded_archive:a.zip", "downloaded archive from repository"),
        ("started_following_repo", "started following repository"),
        ("stopped_following_repo", "stopped following repository"),
        ("push:", "pushed into"),
        ("push_local:", "committed into"),
        ("push_remote:", "pulled from remote into"),
        ("user_commented_revision:abc", "user commented revision"),
    ],
)
def test_every_action_has_words(get, followed, happened, action, told):
    happened(followed("repo", ADMIN), action)
    assert titles(get(JOURNAL)) == [f"Kallithea Admin - {told} repo"]


def test_what_was_pushed_is_told(get, followed, happened):
    happened(followed("repo", ADMIN), f"push:{IDS[3]},tag=>v<1>,delete_branch=>old")
    (entry,) = entries(get(JOURNAL))
    link = f"http://localhost/repo/changeset/{IDS[3]}"
    assert entry.summary.split("<br />")[1:] == [
        f'changeset: <a href="{link}">00000000</a>',
        "tag: v&lt;1&gt;",
        "delete branch: old",
    ]


def test_of_a_large_push_some_changesets_are_told(get, followed, happened):
    happened(followed("repo", ADMIN), "push_remote:" + ",".join(IDS))
    (entry,) = entries(get(JOURNAL))
    assert entry.summary.count("<a href") == 20
    assert entry.summary.endswith("… and 10 more")


def test_what_the_server_does_is_told(api, get, place, alias):
    place("source", alias, enable_downloads=True)
    api.create_repo(repo_name="made", repo_type=alias)
    api.fork_repo(repoid="made", fork_name="fork")
    get("/source/archive/tip.zip")
    told = titles(get(JOURNAL))
    assert "Kallithea Admin - created repository made" in told
    assert "Kallithea Admin - forked repository made" in told
    assert "Kallithea Admin - started following repository fork" in told
    assert not any("source" in title for title in told)  # which nobody follows


def test_the_twenty_newest_entries_are_told(get, followed, happened):
    repo_id = followed("repo", ADMIN)
    made = [happened(repo_id, minute=number) for number in range(23)]
    ids = [int(entry.id.rpartition("/")[2]) for entry in entries(get(JOURNAL))]
    assert ids == made[:2:-1]


def test_the_journal_is_of_what_the_caller_follows(get, followed, happened, bob):
    happened(followed("hers", ADMIN))
    happened(followed("his", bob[0]))
    assert titles(get(JOURNAL, key=bob[1])) == ["Kallithea Admin - pulled from his"]
    assert titles(get(JOURNAL)) == ["Kallithea Admin - pulled from hers"]


def test_the_public_journal_is_of_what_anybody_follows(get, followed, happened, bob):
    for name, followers in (("hers", [ADMIN]), ("both", [ADMIN, bob[0]]), ("nobodys", [])):
        happened(followed(name, *followers))
    told = ["Kallithea Admin - pulled from both", "Kallithea Admin - pulled from hers"]
    assert titles(get(PUBLIC, key=bob[1])) == told


def test_a_private_repository_is_in_no_public_journal(get, followed, happened, bob):
    happened(followed("secret", bob[0], owner_id=bob[0], private=True))
    assert titles(get(JOURNAL, key=bob[1])) == ["Kallithea Admin - pulled from secret"]
    assert titles(get(PUBLIC, key=bob[1])) == titles(get(PUBLIC)) == []


def test_who_may_no_longer_read_a_repository_is_told_nothing_of_it(
    host, get, followed, happened, bob
):
    repo_id = followed("hidden", bob[0])
    happened(repo_id)
    etag = get(JOURNAL, key=bob[1]).headers["etag"]
    with host.database.write() as db:
        grants = KINDS["repository"].grants[0]
        db.execute(delete(grants).where(grants.c.object_id == repo_id))
    for path in (JOURNAL, PUBLIC):
        answer = get(path, key=bob[1], If_None_Match=etag)
        assert b"hidden" not in answer.body
        assert titles(answer) == []


def test_a_fork_is_named_to_those_who_may_see_it(get, followed, happened, bob):
    source = followed("source", ADMIN, bob[0])
    followed("secret-fork", private=True)
    followed("open-fork")
    happened(source, "user_forked_repo:secret-fork")
    happened(source, "user_forked_repo:open-fork")
    for path in (JOURNAL, PUBLIC):
        assert b"secret-fork" not in get(path, key=bob[1]).body
        assert b"fork: open-fork" in get(path, key=bob[1]).body
        assert b"fork: secret-fork" in get(path).body


def test_a_repository_that_is_being_made_is_not_told_of(get, followed, happened):
    happened(followed("repo", ADMIN, pending=True))
    assert titles(get(JOURNAL)) == titles(get(PUBLIC)) == []


def test_a_repository_is_called_as_it_is_called_now(api, get, alias):
    api.create_repo(repo_name="before", repo_type=alias)
    api.update_repo(repoid="before", name="after")
    answer = get(JOURNAL)
    assert b"before" not in answer.body
    assert "Kallithea Admin - created repository after" in titles(answer)


def test_the_entries_of_a_deleted_user_keep_his_name(api, get, followed, happened, bob):
    happened(followed("repo", ADMIN), user_id=bob[0], username="bob")
    api.delete_user(userid="bob")
    (entry,) = entries(get(JOURNAL))
    assert (entry.title, entry.author) == ("bob - pulled from repo", "bob")


def test_the_entries_of_a_deleted_repository_go_with_it(api, get, alias):
    api.create_repo(repo_name="repo", repo_type=alias)
    assert titles(get(JOURNAL))
    api.delete_repo(repoid="repo")
    assert titles(get(JOURNAL)) == titles(get(PUBLIC)) == []


@FORMS
def test_markup_in_names_is_only_text(get, followed, happened, world, form):
    who = world.user("<i>", firstname="<script>", lastname="&\x08\ufffe")
    happened(followed("<b>'\"", ADMIN), "user_downloaded_archive:<u>.zip", who, "<i>")
    answer = get(f"/_admin/journal/{form}")
    assert faults(answer.body, form) == []
    (entry,) = entries(answer)
    assert entry.title == "<script> & - downloaded archive from repository <b>'\""
    expected = "&lt;script&gt; &amp; - downloaded archive from repository &lt;b&gt;"
    assert entry.summary.startswith(expected)
    assert entry.summary.endswith("<br />&lt;u&gt;.zip")


def test_nobody_in_particular_has_no_journal_but_the_public_one(host, get, followed, happened):
    happened(followed("repo", ADMIN))
    happened(followed("secret", ADMIN, private=True))
    assert get(JOURNAL, key=None).status == get(PUBLIC, key=None).status == 401
    with host.database.write() as db:
        users = schema.users
        db.execute(update(users).where(users.c.user_id == DEFAULT).values(active=True))
    assert get(JOURNAL, key=None).status == 401
    assert titles(get(PUBLIC, key=None)) == ["Kallithea Admin - pulled from repo"]


def test_a_journal_that_is_known_is_not_sent_again(get, followed, happened):
    repo_id = followed("repo", ADMIN)
    happened(repo_id)
    etag = get(JOURNAL).headers["etag"]
    again = get(JOURNAL, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    happened(repo_id)
    assert get(JOURNAL, If_None_Match=etag).status == 200


def test_a_head_request_is_told_of_the_journal_without_it(get, followed, happened):
    happened(followed("repo", ADMIN))
    whole, head = get(JOURNAL), get(JOURNAL, verb="HEAD")
    assert head.body == b""
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.headers["content-length"] == str(len(whole.body))


@pytest.mark.parametrize("path", [JOURNAL, PUBLIC])
def test_a_journal_costs_one_statement(get, followed, happened, statements, path):
    for number in range(5):
        happened(followed(f"repo{number}", ADMIN), "user_forked_repo:repo1")
    statements.clear()
    assert len(titles(get(path))) == 5
    assert len([each for each in statements if "journal" in each]) == 1
    assert len([each for each in statements if "api_keys" not in each]) == 1
