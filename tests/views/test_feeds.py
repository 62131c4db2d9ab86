"""The feed of a repository: what it tells, to whom, and when it is made anew."""

import re
import shutil
from dataclasses import replace

import feedparser
import pytest
from sqlalchemy import delete, update

from kallithea_host import schema
from kallithea_host.config import load
from kallithea_host.kinds import KINDS
from kallithea_host.testing.rows import DEFAULT
from tests.views.validity import faults

FORMS = pytest.mark.parametrize("form", ["rss", "atom"])
NAME = "<b>&\"'.txt"
MESSAGE = "<script>alert(1)</script> & ]]> \x1b[31mred\x08 ﷐ \U0001f600 žluť\r\nline two"


def read(answer):
    """What a reader makes of an answer."""
    assert answer.status == 200
    found = feedparser.parse(answer.body, sanitize_html=False)
    assert not found.bozo
    return found


@pytest.fixture
def committed(place, host, programs, alias):
    """Commits to an empty repository ``made``; gives the ids."""
    place("made", alias, empty=True)
    path = host.settings.repositories / "made"

    def commit(*commits, **more):
        return [programs[alias].commit(path, *each, **more) for each in commits]

    commit.path = path
    return commit


@FORMS
def test_a_reader_finds_the_changesets_the_newest_first(get, repo, history, form):
    answer = get(f"/{repo}/feed/{form}")
    assert faults(answer.body, form) == []
    feed = read(answer)
    assert feed.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert feed.feed.title == "team/repo feed"
    assert feed.feed.link == "http://localhost/team/repo"
    assert feed.feed.subtitle == "Changes on team/repo repository"
    assert [entry.title for entry in feed.entries] == ["two", "one"]
    assert [entry.link.rpartition("/")[2] for entry in feed.entries] == [
        history.second,
        history.first,
    ]
    assert feed.entries[0].link == f"http://localhost/team/repo/changeset/{history.second}"
    assert feed.entries[0].author == "Žofie Nováková <zofie@example.org>"
    assert feed.entries[0].published_parsed[:6] == (2020, 1, 1, 12, 0, 0)
    assert feed.feed.updated_parsed[:6] == (2020, 1, 1, 12, 0, 0)


def test_both_forms_know_an_item_by_the_same_id(get, repo, history):
    expected = f"tag:localhost,2020-01-01:/team/repo/changeset/{history.second}"
    for form in ("rss", "atom"):
        assert read(get(f"/{repo}/feed/{form}")).entries[0].id == expected


@FORMS
def test_the_type_of_a_feed_says_its_character_set(get, repo, form):
    headers = get(f"/{repo}/feed/{form}").headers
    assert headers["content-type"] == f"application/{form}+xml; charset=utf-8"
    assert headers["last-modified"] == "Wed, 01 Jan 2020 12:00:00 GMT"


def test_an_item_tells_who_committed_when_and_what(get, repo, history, alias):
    first = history.first
    link = f"http://localhost/team/repo/changeset/{first}"
    assert read(get(f"/{repo}/feed/rss")).entries[1].summary == (
        "Žofie Nováková committed on 2020-01-01 11:00:00<br />"
        f"{'branch: default<br />' if alias == 'hg' else ''}"
        f'changeset: <a href="{link}">{first[:8]}</a>'
        "<pre>one\n\n A README (1 lines added, 0 lines removed)"
        "\n A lines (20 lines added, 0 lines removed)</pre>"
    )


def test_an_item_tells_branches_bookmarks_and_tags(get, committed, programs, alias):
    (first,) = committed(({"a": "1\n"},), branch="<i>new</i>" if alias == "git" else None)
    programs[alias].tag(committed.path, "v<1>", first)
    if alias == "hg":
        programs["hg"].run("--cwd", str(committed.path), "bookmark", f"--rev={first}", "<mark>")
    told = read(get("/made/feed/atom")).entries[-1].summary
    assert ("bookmark: &lt;mark&gt;<br />" in told) == (alias == "hg")
    assert "tag: v&lt;1&gt;<br />" in told
    assert "tag: tip" not in told
    branch = "default" if alias == "hg" else "&lt;i&gt;new&lt;/i&gt;"
    assert f"branch: {branch}<br />" in told


@FORMS
def test_files_are_told_with_what_was_done_to_them(get, committed, form):
    committed(
        ({"old": "1\n2\n3\n4\n5\n6\n", "gone": "1\n2\n"},),
        ({"old": None, "moved": "1\n2\n3\n4\n5\n6\n7\n", "gone": None, b"caf\xe9": "x\n"},),
    )
    told = read(get(f"/made/feed/{form}")).entries[0].summary
    assert "\n A caf\ufffd (1 lines added, 0 lines removed)" in told
    assert "\n D gone (0 lines added, 2 lines removed)" in told
    assert re.search(r"\n [AR] moved \(\d lines added", told)


@FORMS
def test_markup_and_control_characters_are_only_text(get, committed, form):
    committed(({NAME: "x\n"},), message=MESSAGE)
    answer = get(f"/made/feed/{form}")
    assert faults(answer.body, form) == []
    (entry,) = read(answer).entries
    assert entry.title == "<script>alert(1)</script> & ]]> [31mred ﷐ \U0001f600 žluť line two"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt; [31mred" in entry.summary
    assert "\n A &lt;b&gt;&amp;&quot;&#x27;.txt (1 lines" in entry.summary
    assert "<script" not in entry.summary


@FORMS
def test_bytes_that_are_no_utf_8_do_no_harm(get, place, host, git, form):
    place("latin", "git", empty=True)
    stream = b"commit refs/heads/main\ncommitter J\xfcrgen <j@x.org> 1577876400 +0100\n"
    stream += b"data 6\ncaf\xe9s\nM 644 inline caf\xe9\ndata 1\nx\n"
    path = host.settings.repositories / "latin"
    git.run("-C", str(path), "fast-import", "--quiet", stdin=stream)
    answer = get(f"/latin/feed/{form}")
    assert faults(answer.body, form) == []
    assert [entry.title for entry in read(answer).entries] == ["caf\ufffds"]


@FORMS
def test_an_empty_repository_has_a_feed_without_items(get, place, alias, form):
    place("empty", alias, empty=True)
    answer = get(f"/empty/feed/{form}")
    assert faults(answer.body, form) == []
    assert read(answer).entries == []
    assert get(f"/empty/feed/{form}").body == answer.body


def test_a_long_message_is_cut_in_the_title_and_whole_in_the_text(get, committed):
    message = "long " * 100
    committed(({"a": "1\n"},), message=message)
    (entry,) = read(get("/made/feed/rss")).entries
    assert entry.title == message[:159] + "…"
    assert message.strip() in entry.summary


def test_a_changeset_without_a_message_has_a_title(get, place, host, git):
    place("silent", "git", empty=True)
    stream = b"commit refs/heads/main\ncommitter a <a@x.org> 1577876400 +0000\ndata 0\n"
    path = host.settings.repositories / "silent"
    git.run("-C", str(path), "fast-import", "--quiet", stdin=stream)
    (entry,) = read(get("/silent/feed/atom")).entries
    assert entry.title == f"changeset {entry.link.rpartition('/')[2][:12]}"


def test_of_many_files_some_are_listed(get, committed):
    committed(({f"file{number:03}": "x\n" for number in range(103)},))
    told = read(get("/made/feed/rss")).entries[0].summary
    assert told.count("\n A file") == 100
    assert told.endswith("\n A file099\n … and 3 more</pre>")


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ({"username": "zofie", "email": "Zofie@Example.org"}, "zofie"),
        ({"username": "žofie nováková"}, "žofie nováková"),
        ({"username": "another", "email": "another@example.org"}, "Žofie Nováková"),
        ({"username": "<b>", "email": "zofie@example.org"}, "&lt;b&gt;"),
    ],
)
def test_a_committer_is_called_by_the_name_of_his_account(get, repo, world, account, shown):
    world.user(**account)
    entries = read(get(f"/{repo}/feed/rss")).entries
    assert all(each.summary.startswith(f"{shown} committed on 2020") for each in entries)


def test_an_address_counts_more_than_a_name(get, repo, world):
    world.user("Žofie Nováková")
    world.user("zofie", email="zofie@example.org")
    entries = read(get(f"/{repo}/feed/rss")).entries
    assert all(each.summary.startswith("zofie committed") for each in entries)


class TestManyDiffs:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, rss_include_diff=True, rss_cut_off_limit=10_000_000)

    def test_the_diffs_of_a_feed_are_a_mebibyte_together(self, get, committed):
        committed(({"a": "x\n"},), ({"large": ("x" * 99 + "\n") * 11_000},), ({"b": "x\n"},))
        newest, middle, oldest = (entry.summary for entry in read(get("/made/feed/atom")).entries)
        assert "diff --git a/b b/b" in newest
        assert middle.endswith("… the diff goes on\n</pre>")
        assert 1_000_000 < len(middle) < 1_050_000
        assert "diff --git" not in oldest


class TestSettings:
    @pytest.fixture
    def settings(self, settings):
        return replace(
            settings,
            rss_items_per_page=1,
            rss_include_diff=True,
            rss_cut_off_limit=300,
            canonical_url="https://hg.example.org:8443/x/",
        )

    def test_a_feed_has_as_many_items_as_is_set(self, get, repo):
        assert [entry.title for entry in read(get(f"/{repo}/feed/rss")).entries] == ["two"]

    def test_a_diff_is_shown_and_cut_at_the_end_of_a_line(self, get, committed):
        committed(({"a": "<x>\n" * 100},))
        told = read(get("/made/feed/rss")).entries[0].summary
        assert "<pre>diff --git a/a b/a\nnew file mode 100644" in told
        assert told.endswith("\n+&lt;x&gt;\n… the diff goes on\n</pre>")
        assert told.count("&lt;x&gt;") in range(20, 60)

    def test_a_diff_that_cannot_be_made_is_left_out(self, get, committed, alias, git):
        committed(({"a": "1\n"},))
        if alias == "hg":
            (committed.path / ".hg/store/data/a.i").write_bytes(b"x" * 100)
        else:
            remove_objects(committed.path, git, "blob")
        assert read(get("/made/feed/rss")).entries[0].summary.endswith("\n A a</pre>")

    def test_a_diff_that_is_not_too_long_is_whole(self, get, committed):
        committed(({"a": "x\n"},))
        told = read(get("/made/feed/atom")).entries[0].summary
        assert told.endswith(("@@ -0,0 +1,1 @@\n+x\n</pre>", "+1 @@\n+x\n</pre>"))

    def test_addresses_and_ids_are_those_of_the_setting_whoever_asks(self, get, repo, history):
        feed = read(get(f"/{repo}/feed/atom", Host="elsewhere.example.org"))
        entry = feed.entries[0]
        path = f"/x/team/repo/changeset/{history.second}"
        assert entry.link == f"https://hg.example.org:8443{path}"
        assert entry.id == f"tag:hg.example.org:8443,2020-01-01:{path}"
        assert feed.feed.links[1].href == "https://hg.example.org:8443/x/team/repo/feed/atom"


@FORMS
def test_a_key_in_the_url_is_not_in_the_feed(api, repo, form):
    answer = api.request("GET", path=f"/{repo}/feed/{form}?api_key={api._key}&x=1")
    assert f"http://localhost/{repo}/feed/{form}" in [each.href for each in read(answer).feed.links]
    assert api._key.encode() not in answer.body
    assert api._key not in str(answer.headers)


def test_an_odd_host_in_a_request_does_no_harm(get, repo):
    for host in ("[x", "]", "a:b:c", "::"):
        assert get(f"/{repo}/feed/atom", Host=host).status == 200


def test_settings_are_read_where_kallithea_has_them(tmp_path):
    ini = tmp_path / "kallithea.ini"
    ini.write_text(
        "[app:main]\nrss_items_per_page = 20\nrss_include_diff = true\nrss_cut_off_limit = 9\n"
    )
    found = load(ini, {})
    assert found.rss_items_per_page == 20
    assert found.rss_include_diff is True
    assert found.rss_cut_off_limit == 9


def test_there_is_no_other_form(get, repo):
    answer = get(f"/{repo}/feed/json")
    assert (answer.status, answer.body) == (404, b"There is nothing here.\n")


def test_a_repository_that_is_not_on_the_disk_has_no_feed(get, repo, host):
    shutil.rmtree(host.settings.repositories / repo)
    assert get(f"/{repo}/feed/rss").status == 404


def test_a_head_request_is_told_of_the_feed_without_it(get, repo):
    whole, head = get(f"/{repo}/feed/rss"), get(f"/{repo}/feed/rss", verb="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.headers["content-type"] == whole.headers["content-type"]


def break_contents(path, alias, git):
    """Take away what changesets changed; what they are, and their names, stay."""
    if alias == "hg":
        (path / ".hg/store/00manifest.i").unlink()
    else:
        remove_objects(path, git, "tree")


def remove_objects(path, git, unwanted):
    for line in git.run(
        "-C", str(path), "cat-file", "--batch-check", "--batch-all-objects"
    ).splitlines():
        object_id, kind, _ = line.split()
        if kind == unwanted:
            (path / "objects" / object_id[:2] / object_id[2:]).unlink()


def test_files_that_cannot_be_read_are_listed_without_their_lines(get, committed, alias, git):
    committed(({"a": "1\n", "b": "1\n"},))
    if alias == "hg":
        (committed.path / ".hg/store/data/a.i").write_bytes(b"x" * 100)
    else:
        remove_objects(committed.path, git, "blob")
    told = read(get("/made/feed/rss")).entries[0].summary
    assert told.endswith("\n A a\n A b</pre>")


def test_a_feed_that_is_known_is_not_made_again(get, repo, host, alias, git):
    etag = get(f"/{repo}/feed/rss", verb="HEAD").headers["etag"]
    break_contents(host.settings.repositories / repo, alias, git)
    again = get(f"/{repo}/feed/rss", If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    assert get(f"/{repo}/feed/rss").status == 500


def test_the_two_forms_have_different_etags(get, repo):
    etags = {get(f"/{repo}/feed/{form}").headers["etag"] for form in ("rss", "atom")}
    assert len(etags) == 2


def test_a_new_changeset_or_tag_makes_the_feed_anew(get, committed, programs, alias):
    def etag():
        return get("/made/feed/rss").headers["etag"]

    seen = [etag()]
    (first,) = committed(({"a": "1\n"},))
    seen.append(etag())
    committed(({"a": "2\n"},))
    seen.append(etag())
    programs[alias].tag(committed.path, "v1", first)
    seen.append(etag())
    assert len(set(seen)) == 4
    assert get("/made/feed/rss", If_None_Match=seen[2]).status == 200


def test_permission_is_looked_at_before_what_is_known(api, get, place, host, alias, world):
    repo_id = place("closed", alias)
    world.user("bob")
    key = api.as_user("bob")._key
    etag = get("/closed/feed/rss", key=key).headers["etag"]
    with host.database.write() as db:
        grants = KINDS["repository"].grants[0]
        db.execute(delete(grants).where(grants.c.object_id == repo_id))
    assert get("/closed/feed/rss", key=key, If_None_Match=etag).status == 404


def test_a_renamed_repository_has_its_feed_under_the_new_name(api, get, place, alias):
    place("before", alias)
    etag = get("/before/feed/rss").headers["etag"]
    api.update_repo(repoid="before", name="after")
    assert get("/before/feed/rss", If_None_Match=etag).status == 404
    answer = get("/after/feed/rss", If_None_Match=etag)
    assert b"before" not in answer.body
    assert read(answer).feed.title == "after feed"


def test_without_a_key_the_feed_is_for_whom_anonymous_access_is_on(get, repo, host):
    assert get(f"/{repo}/feed/rss", key=None).status == 401
    with host.database.write() as db:
        users = schema.users
        db.execute(update(users).where(users.c.user_id == DEFAULT).values(active=True))
    assert read(get(f"/{repo}/feed/rss", key=None)).entries


def test_one_statement_names_all_committers(get, place, alias, statements):
    place("two", alias)
    place("none", alias, empty=True)

    def count(path):
        statements.clear()
        get(path)
        return len(statements)

    count("/two/feed/nothing")  # after which it is remembered whose the key is
    gate = count("/two/feed/nothing")
    assert count("/two/feed/rss") == count("/none/feed/rss") == gate + 1
