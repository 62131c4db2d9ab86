"""The view ``archivefile``: forms, names, refusals, and what is written down."""

import io
import tarfile
import zipfile

import pytest
from sqlalchemy import select

from kallithea_host import schema
from kallithea_host.errors import Forbidden
from kallithea_host.hookspecs import Phase, hookimpl
from kallithea_host.testing import plugin

TYPES = {
    ".zip": "application/zip",
    ".tar.gz": "application/x-gzip",
    ".tar.bz2": "application/x-bzip2",
    ".tar": "application/x-tar",
}


class Veto:
    """A plugin that refuses archives of one repository."""

    @hookimpl
    def kallithea_event(self, event, phase):
        refused = event.action == "repository.archived" and "refused" in event.subject["repo_name"]
        if phase is Phase.VETO and refused:
            raise Forbidden("not today")


@pytest.fixture
def plugins():
    return [plugin("veto", Veto())]


@pytest.fixture
def repo(place, alias):
    """A repository whose archives everybody with a key may fetch."""
    place("team/repo", alias, enable_downloads=True)
    return "team/repo"


def members(form, body):
    """The names in an archive."""
    if form == ".zip":
        with zipfile.ZipFile(io.BytesIO(body)) as opened:
            return opened.namelist()
    with tarfile.open(fileobj=io.BytesIO(body)) as opened:
        return opened.getnames()


def journal(host):
    with host.database.read() as db:
        found = db.execute(select(schema.journal.c.action, schema.journal.c.repo_name))
        return [tuple(row) for row in found if row.action.startswith("user_downloaded")]


@pytest.mark.parametrize("form", TYPES)
def test_an_archive_has_all_files_in_one_folder_named_after_the_changeset(get, repo, history, form):
    answer = get(f"/{repo}/archive/tip{form}")
    top = f"repo-{history.second[:12]}"
    found = members(form, answer.body)
    assert answer.status == 200
    assert answer.headers["content-type"] == TYPES[form]
    assert f"{top}/docs/žluťoučký kůň.txt" in found
    assert {name.partition("/")[0] for name in found} == {top}


def test_the_file_is_named_after_the_repository_and_the_changeset(get, repo, history):
    name = f"team_repo-{history.first[:12]}.zip"
    answer = get(f"/{repo}/archive/{history.first}.zip")
    expected = f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["content-disposition"] == expected


def test_an_archive_may_be_fetched_by_any_name_of_a_revision(get, repo, history):
    by_id = get(f"/{repo}/archive/{history.second}.tar").body
    assert get(f"/{repo}/archive/tip.tar").body == by_id
    assert get(f"/{repo}/archive/{history.second[:12]}.tar").body == by_id


def test_the_parameter_subrepos_changes_nothing(get, repo):
    plain = get(f"/{repo}/archive/tip.tar").body
    assert get(f"/{repo}/archive/tip.tar?subrepos=true").body == plain


@pytest.mark.parametrize(
    ("file", "status", "text"),
    [
        ("nope.zip", 404, "Unknown revision nope"),
        (".zip", 404, "Unknown revision "),
        ("tip.tgz", 400, "Unknown archive type"),
        ("tip", 400, "Unknown archive type"),
        ("--output=x.zip", 404, "Unknown revision --output=x"),
    ],
)
def test_what_cannot_be_had_is_told(get, repo, alias, file, status, text):
    if (alias, file) == ("git", ".zip"):
        pytest.skip("to Git no name is the newest")
    answer = get(f"/{repo}/archive/{file}")
    assert (answer.status, answer.body.decode()) == (status, f"{text}\n")


def test_an_empty_repository_has_no_archives(get, place, alias):
    place("empty", alias, empty=True, enable_downloads=True)
    answer = get("/empty/archive/tip.zip")
    assert (answer.status, answer.body) == (404, b"Empty repository\n")


@pytest.mark.parametrize("file", ["tip.zip", "nope.zip", "tip.tgz"])
def test_archives_are_refused_where_downloads_are_off(get, place, alias, file):
    place("closed", alias, enable_downloads=False)
    answer = get(f"/closed/archive/{file}")
    assert (answer.status, answer.body) == (403, b"Downloads disabled\n")


def test_every_archive_is_written_down(get, repo, host, history):
    get(f"/{repo}/archive/tip.tar.gz")
    name = f"team_repo-{history.second[:12]}.tar.gz"
    assert journal(host) == [(f"user_downloaded_archive:{name}", "team/repo")]


def test_what_is_not_sent_is_not_written_down(get, repo, host):
    etag = get(f"/{repo}/archive/tip.zip", verb="HEAD").headers["etag"]
    assert get(f"/{repo}/archive/tip.zip", If_None_Match=etag).status == 304
    assert get(f"/{repo}/archive/nope.zip").status == 404
    assert journal(host) == []


def test_the_etag_is_another_for_another_form_or_another_tag(get, repo, host, alias, programs):
    first = get(f"/{repo}/archive/tip.zip", verb="HEAD").headers["etag"]
    assert get(f"/{repo}/archive/tip.tar", verb="HEAD").headers["etag"] != first
    path = host.settings.repositories / repo
    tip = host.backends[alias].tip(path).raw_id
    programs[alias].tag(path, "v1", tip)
    assert get(f"/{repo}/archive/{tip}.zip", verb="HEAD").headers["etag"] != first


def test_a_plugin_may_refuse_an_archive_for_reasons_that_only_the_log_learns(
    get, place, alias, host, logged
):
    place("refused", alias, enable_downloads=True)
    answer = get("/refused/archive/tip.zip")
    assert (answer.status, answer.body) == (403, b"The server does not allow this.\n")
    assert any("not today" in event.get("reason", "") for event in logged)
    assert journal(host) == []
