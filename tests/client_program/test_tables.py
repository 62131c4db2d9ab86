"""``--format table``: for reading, on a terminal and in a pipe."""

import pytest

USERS = [
    {"user_id": 1, "username": "bob", "emails": ["b@x.org", "c@x.org"], "active": True, "dn": None},
    {"user_id": 22, "username": "Žofie", "emails": [], "active": False, "dn": None},
]


@pytest.fixture
def table(at_server, server):
    """What is printed of a result."""

    def table(result, columns=0):
        server.answer = server.result(result)
        if columns:
            at_server.on_terminal(columns)
        ran = at_server("get_users", "--format=table")
        assert ran.code == 0
        table.told = ran.err
        return ran.out.splitlines()

    return table


def test_in_a_pipe_a_row_is_a_line_with_every_column(table):
    assert table(USERS) == [
        "user_id\tusername\temails\tactive\tdn",
        "1\tbob\tb@x.org, c@x.org\tyes\t",
        "22\tŽofie\t\tno\t",
    ]


def test_on_a_terminal_columns_are_aligned_and_empty_ones_left_out(table):
    assert table(USERS, columns=80) == [
        "user_id  username  emails            active",
        "1        bob       b@x.org, c@x.org  yes   ",
        "22       Žofie                       no    ",
    ]
    assert table.told == ""


def test_columns_without_room_are_named_below(table):
    lines = table(USERS, columns=36)
    assert lines[0].split() == ["user_id", "username", "emails"]
    assert max(map(len, lines)) <= 36
    assert table.told == "\nno room for: active (--format pretty has all)\n"


def test_no_line_is_wider_than_the_terminal(table):
    lines = table([{"name": "a" * 500, "more": "b" * 500}], columns=30)
    assert [len(line) <= 30 for line in lines] == [True, True]


def test_a_cell_is_cut_so_that_others_have_room(table):
    lines = table([{"name": "a" * 500, "id": 7}], columns=80)
    assert lines[1].split()[1] == "7"
    assert lines[1].startswith("aaa")


def test_what_room_is_left_is_given_to_what_was_cut(table):
    lines = table([{"id": "i" * 44, "about": "a" * 60, "more": "b" * 30}], columns=100)
    assert lines[1] == f"{'i' * 44}  {'a' * 53}…"
    assert table.told.startswith("\nno room for: more ")


def test_objects_inside_come_last(table):
    rows = [{"last_changeset": {"revision": 1}, "repo_name": "x"}]
    assert table(rows, columns=80)[0].split() == ["repo_name", "last_changeset"]


def test_rows_need_not_have_the_same_columns(table):
    assert table([{"a": 1}, {"b": 2}]) == ["a\tb", "1\t", "\t2"]


def test_an_object_is_names_and_values(table):
    assert table({"msg": "created", "user": {"username": "bob", "emails": []}}) == [
        "msg\tcreated",
        "user.username\tbob",
        "user.emails\t",
    ]


def test_objects_in_a_list_of_an_object_are_numbered(table):
    assert table({"name": "x", "members": [{"name": "a"}, {"name": "b"}], "ids": [1, 2]}) == [
        "name\tx",
        "members.0.name\ta",
        "members.1.name\tb",
        "ids\t1, 2",
    ]


def test_what_is_empty_in_an_object_has_a_line(table):
    assert table({"a": {}, "b": [], "c": None}) == ["a\t{}", "b\t", "c\t"]


def test_an_object_is_aligned_on_a_terminal(table):
    assert table({"msg": "created", "success": True}, columns=80) == [
        "msg      created",
        "success  yes",
    ]


@pytest.mark.parametrize(
    ("result", "lines"),
    [
        ("Pulled from `x`", ["Pulled from `x`"]),
        ("a\nb\tc", ["a\\nb\\tc"]),
        (7, ["7"]),
        (None, [""]),
        (["a", "b"], ["a", "b"]),
        ([], []),
        ({}, []),
        ([{}], [""]),
        ([[1, 2], [3, {"x": None}]], ["1, 2", '[3, {"x": null}]']),
    ],
)
def test_anything_else_is_printed_as_it_is(table, result, lines):
    assert table(result) == lines


def test_a_tab_in_a_value_makes_no_column(table):
    assert table([{"a": "x\ty", "b": "z\nz"}])[1:] == ["x\\ty\tz\\nz"]


def test_markup_of_a_value_is_no_markup(table):
    assert table([{"a": "[red]x[/red]"}], columns=80)[1].strip() == "[red]x[/red]"


def test_beside_a_table_an_error_goes_to_standard_error(at_server, server):
    server.answer = server.result(error="no")
    ran = at_server("get_users", "--format=table")
    assert (ran.code, ran.out, ran.err) == (1, "", 'ERROR:"no"\n')
