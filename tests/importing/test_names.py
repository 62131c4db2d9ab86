"""Names: what is safe stays, and what cannot stay needs ``--rename``."""

import pytest

from kallithea_host.importing.renames import BadRename, Rename


def test_names_that_could_not_be_created_here_keep_working(host, installation, take_over, as_user):
    take_over(host, installation)
    assert as_user("alice").get_repo(repoid="old stuff")["owner"] == "alice"


TWINS = {
    "users": (
        "UPDATE users SET username = 'ALICE' WHERE username = 'bob'",
        "user `ALICE`, user `alice`",
        "user:ALICE=bob",
    ),
    "user groups": (
        "UPDATE users_groups SET users_group_name = 'Devs' WHERE users_group_name = 'makers'",
        "user group `Devs`, user group `devs`",
        "Devs=makers",
    ),
    "repositories": (
        "UPDATE repositories SET repo_name = 'PLAIN' WHERE repo_name = 'remote'",
        "repository `PLAIN`, repository `plain`",
        "PLAIN=remote",
    ),
    "repositories by normalisation": (
        "UPDATE repositories SET repo_name = 'zu\u0308rich' WHERE repo_name = 'remote'",
        "repository `zu\u0308rich`, repository `z\xfcrich`",
        "zu\u0308rich=remote",
    ),
    "a repository and a group": (
        "UPDATE repositories SET repo_name = 'TOP' WHERE repo_name = 'remote'",
        "repository group `top`, repository `TOP`",
        "TOP=remote",
    ),
    "e-mail addresses": (
        "UPDATE user_email_map SET email = 'BOB@example.org' WHERE email_id = 1",
        "e-mail address `BOB@example.org`, e-mail address `bob@example.org`",
        "email:BOB@example.org=",
    ),
}


@pytest.mark.parametrize(("change", "about", "rename"), TWINS.values(), ids=TWINS)
def test_twins_are_listed_and_renaming_one_solves_it(import_, installation, change, about, rename):
    installation.change(change)
    ran = import_("--copy", "--dry-run")
    assert ran.code == 1
    assert ran.about("problem") == [[about, "are one name here: rename all but one"]]
    assert import_("--copy", "--rename", rename).code == 0


UNSAFE = {
    "a user": (
        "UPDATE users SET username = 'a' || char(10) || 'b' WHERE username = 'bob'",
        "user `a\\nb`",
    ),
    "a user group": (
        "UPDATE users_groups SET users_group_name = '' WHERE users_group_name = 'makers'",
        "user group ``",
    ),
    "a repository": (
        "UPDATE repositories SET repo_name = '../evil' WHERE repo_name = 'remote'",
        "repository `../evil`",
    ),
    "a repository group": (
        "UPDATE groups SET group_name = '.hg' WHERE group_name = 'top/sub'",
        "repository group `.hg`",
    ),
}


@pytest.mark.parametrize(("change", "about"), UNSAFE.values(), ids=UNSAFE)
def test_unsafe_names_are_listed(import_, installation, change, about):
    installation.change(change)
    ran = import_("--copy")
    assert ran.code == 1
    ((found, reason),) = ran.about("problem")
    assert (found, reason.partition(":")[0]) == (about, "is not safe")


def test_what_has_no_name_is_given_one_by_its_kind(import_, installation):
    installation.change(UNSAFE["a user group"][0])
    assert import_("--copy", "--rename", "usergroup:=makers").code == 0


def test_all_problems_are_listed_at_once(import_, installation):
    (user, *_), (email, *_) = TWINS["users"], TWINS["e-mail addresses"]
    installation.change(user, email, UNSAFE["a user group"][0], UNSAFE["a repository"][0])
    assert len(import_("--copy", "--dry-run").about("problem")) == 4


def test_a_repository_inside_another_one_stands_against_it(import_, installation):
    installation.change("UPDATE repositories SET repo_name = 'plain/in' WHERE repo_name = 'remote'")
    assert ["repository `plain/in`", "lies inside the repository `plain`"] in import_(
        "--copy"
    ).about("problem")


def test_a_renamed_repository_lies_under_its_new_name(host, installation, take_over, as_user):
    take_over(host, installation, "old stuff=new-stuff")
    assert as_user("alice").get_repo(repoid="new-stuff")["last_changeset"]["message"] == "first"
    assert (host.settings.repositories / "new-stuff/.hg").is_dir()
    assert not (host.settings.repositories / "old stuff").exists()


def test_what_lies_in_a_renamed_group_moves_with_it(host, installation, take_over, as_user):
    take_over(host, installation, "top=outer")
    assert as_user("root").get_repo(repoid="outer/sub/nested")["owner"] == "bob"
    assert as_user("root").get_repo_group(repogroupid="outer/sub")["parent_group"] == "outer"


def test_in_place_a_renamed_repository_is_moved(import_, installation, tmp_path):
    ini = tmp_path / "host.ini"
    ini.write_text(f"[kallithea-host]\nrepositories = {installation.root}\n")
    ran = import_("--rename", "old stuff=top/new-stuff", config=("--config", str(ini)))
    assert ran.code == 0
    assert (installation.root / "top/new-stuff/.hg").is_dir()
    assert not (installation.root / "old stuff").exists()


def test_a_repository_can_be_renamed_into_a_group_that_has_no_row(
    host, installation, take_over, as_user
):
    take_over(host, installation, "old stuff=attic/stuff")
    assert as_user("root").get_repo_group(repogroupid="attic")["owner"] == "alice"


@pytest.mark.parametrize(
    ("rename", "said"),
    [
        ("nobody=somebody", "nothing is called `nobody`: it cannot be renamed"),
        ("repository:plain=a/../b", "`a/../b` cannot be the name of a repository: "),
        ("plain=.git", "`.git` cannot be the name of a repository: "),
    ],
)
def test_a_rename_that_cannot_be_stands_against_it(import_, rename, said):
    ((about, reason),) = import_("--copy", "--dry-run", "--rename", rename).about("problem")[:1]
    assert about == "--rename"
    assert reason.startswith(said)


def test_a_name_of_several_things_needs_its_kind(import_, installation):
    installation.change("UPDATE users_groups SET users_group_name = 'bob' WHERE users_group_id = 1")
    ran = import_("--copy", "--dry-run", "--rename", "bob=rob")
    assert ran.about("problem") == [
        ["--rename", "several things are called `bob`: write one of user:, usergroup:"]
    ]


@pytest.mark.parametrize("text", ["", "=", "a", "=b", "a=", "user:a", "user:a="])
def test_what_is_no_rename_is_refused(text):
    with pytest.raises(BadRename):
        Rename.parse(text)


def test_a_rename_is_split_at_its_last_equals_sign():
    assert Rename.parse("a=b=c") == Rename(None, "a=b", "c")
    assert Rename.parse("email:a@b=") == Rename("email", "a@b", "")
