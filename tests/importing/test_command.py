"""``kallithea-host import``: what it shows, what it refuses, and that it only reads."""

import json
import sqlite3
import stat
import sys

import pytest

from kallithea_host import data_folder
from kallithea_host.commands import main
from kallithea_host.config import Settings


def test_a_dry_run_changes_nothing(import_, installation, data_dir):
    before = installation.contents()
    ran = import_("--copy", "--dry-run")
    assert (ran.code, ran.err) == (0, "nothing was changed\n")
    assert not data_dir.exists()
    assert installation.contents() == before


def test_an_import_only_reads_the_old_installation(import_, installation):
    before = installation.contents()
    for path in (installation.file, installation.file.parent):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    assert import_("--copy").code == 0
    installation.file.parent.chmod(0o755)
    assert installation.contents() == before


def test_a_dry_run_of_what_can_be_imported_says_what_the_import_says(import_):
    assert import_("--copy", "--dry-run").out == import_("--copy").out


def test_what_has_no_counterpart_is_counted(import_):
    assert import_("--copy", "--dry-run").about("left out") == [
        ["gists", "1"],
        ["comments", "1"],
        ["extra fields of repositories", "1"],
        ["settings of Mercurial and its hooks", "6"],
        ["settings of how users are authenticated", "3"],
        ["other settings", "13"],
    ]


def test_everything_that_comes_along_is_counted(import_):
    assert import_("--copy", "--dry-run").about("imported") == [
        ["users", "11"],
        ["e-mail addresses", "12"],
        ["additional API keys", "3"],
        ["IP rules", "3"],
        ["user groups", "4"],
        ["repository groups", "2"],
        ["repositories", "8"],
        ["followers of repositories", "9"],
        ["journal entries", "26"],
    ]


def test_the_report_is_json_where_that_is_asked_for(import_):
    lines = json.loads(import_("--copy", "--dry-run", "--json").out)
    assert {"what": "imported", "about": "users", "detail": "11"} in lines


def test_what_the_disk_lacks_and_what_only_it_has_are_listed(import_, installation):
    (installation.root / "plain").rename(installation.root / "found")
    notes = import_("--copy", "--dry-run").about("note")
    assert ["repository `plain`", "not on disk: nothing lies there"] in notes
    assert ["repository `found`", "on disk only (hg): rescan_repos finds it"] in notes


def test_repositories_that_never_were_finished_are_left_out(import_):
    notes = import_("--copy", "--dry-run").about("note")
    assert ["repository `unfinished`", "left out: it was never finished"] in notes


def test_repositories_that_cannot_be_read_stand_against_it(import_, installation):
    (installation.root / "plain/.hg/store/00changelog.i").write_bytes(b"\xff" * 100)
    ran = import_("--copy")
    assert ran.code == 1
    ((about, reason),) = ran.about("problem")
    assert (about, reason.partition(":")[0]) == ("repository `plain`", "cannot be read")


def test_a_second_import_says_that_there_was_one(import_):
    assert import_("--copy").code == 0
    ran = import_("--copy")
    assert (ran.code, ran.out) == (1, "")
    assert "was imported into already: Kallithea 0.7, 20" in ran.err


def test_a_folder_that_is_in_use_is_refused_by_the_dry_run_too(import_, api, host, tmp_path):
    api.create_repo(repo_name="here")
    ini, settings = tmp_path / "host.ini", host.settings
    ini.write_text(f"[app:main]\nsqlalchemy.url = {settings.database_url}\n")
    config = ("--config", str(ini), "--data-dir", str(settings.data_dir))
    for options in (("--copy",), ("--copy", "--dry-run")):
        assert "the data folder is in use" in import_(*options, config=config).err


def test_a_folder_that_was_set_up_but_never_used_is_taken(import_, data_dir):
    first = import_("--copy", "--rename", "nobody=x")  # sees the problem before anything is made
    assert (first.code, data_dir.exists()) == (1, False)
    assert import_("--copy").code == 0


def test_it_is_refused_while_a_daemon_is_at_work(import_, data_dir):
    data_dir.mkdir(mode=0o700)
    lock = data_folder.daemon_lock(Settings(data_dir=data_dir))
    lock.take()
    ran = import_("--copy")
    lock.release()
    assert "a daemon works on this data folder" in ran.err


def test_without_copying_the_root_must_be_that_of_the_server(import_, installation):
    assert f"set `repositories = {installation.root}`" in import_().err


def test_with_the_root_in_the_ini_file_the_repositories_stay_where_they_are(
    import_, installation, tmp_path
):
    ini = tmp_path / "host.ini"
    ini.write_text(f"[kallithea-host]\nrepositories = {installation.root}\n")
    before = installation.contents()
    assert import_(config=("--config", str(ini))).code == 0
    assert installation.contents() == before


def test_what_is_copied_cannot_be_copied_onto_itself(import_, installation, tmp_path):
    ini = tmp_path / "host.ini"
    ini.write_text(f"[kallithea-host]\nrepositories = {installation.root}\n")
    assert "onto themselves" in import_("--copy", config=("--config", str(ini))).err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////nowhere/at/all.db", "the old database does not answer: unable to open"),
        ("mysql://root@localhost/kallithea", "must be an SQLite or a PostgreSQL one"),
        ("no url", "the URL of the old database cannot be used"),
    ],
)
def test_a_database_that_is_not_there_is_refused(import_, url, said):
    ran = import_("--copy", url=url)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_a_password_in_the_url_is_not_shown(import_):
    ran = import_("--copy", url="postgresql://k:hunter2@127.0.0.1:1/k")
    assert ran.code == 1
    assert "hunter2" not in ran.err


def test_the_url_is_taken_from_the_environment_too(installation, data_dir, monkeypatch, capsys):
    command = ["kallithea-host", "--data-dir", str(data_dir), "import", "--copy", "--dry-run"]
    monkeypatch.setattr(sys, "argv", [*command, "--repositories", str(installation.root)])
    monkeypatch.setenv("KALLITHEA_DATABASE_URL", installation.url)
    main()
    assert "imported\tusers\t11" in capsys.readouterr().out


def test_a_database_of_another_program_is_refused(import_, tmp_path):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE users (user_id INTEGER)")
    db.close()
    assert "this is no database of Kallithea" in import_("--copy", url=f"sqlite:///{other}").err


def test_a_schema_that_is_not_known_is_refused(import_, installation):
    installation.change("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    assert "is not known (ffffffffffff)" in import_("--copy").err


def test_wrong_usage_has_a_code_of_its_own(import_):
    assert import_("--copy", "--rename", "nothing").code == 2
    assert import_("--copy", "--time-zone", "Nowhere/Special").code == 2


def test_the_key_of_the_first_start_is_gone_with_its_account(import_, data_dir):
    assert import_("--copy").code == 0
    assert not (data_dir / "admin-api-key").exists()


def test_times_are_those_of_the_old_servers_zone(import_, data_dir):
    assert import_("--copy", "--time-zone", "Asia/Tokyo").code == 0
    with sqlite3.connect(data_dir / "kallithea.db") as db:
        (created,) = db.execute("SELECT created_on FROM repositories WHERE repo_id = 1").fetchone()
    db.close()
    assert created == "2019-05-03 18:02:01.250000"
