"""Archives: hostile members, odd sizes and times, as readers of them see it."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kallithea_host import archives
from kallithea_host.archives.members import inside, safe
from kallithea_host.archives.tar import tar
from kallithea_host.files import Export, FileKind, Member

RAW_ID = "a" * 40


def file(path, content=b"x", kind=FileKind.FILE):
    return Member(path, kind, len(content), (content,))


def packed(form, *members, time=1577876400):
    return b"".join(archives.pack(Export(RAW_ID, time, iter(members)), form, "top-1"))


def in_tar(*members, **more):
    data = io.BytesIO(packed(".tar", *members, **more))
    with tarfile.open(fileobj=data, errors="surrogateescape") as opened:
        return {info.name: info for info in opened}


def in_zip(*members, **more):
    with zipfile.ZipFile(io.BytesIO(packed(".zip", *members, **more))) as opened:
        assert opened.testzip() is None
        return {info.filename: info for info in opened.infolist()}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"a/b", b"top-1/a/b"),
        (b"../../etc/passwd", b"top-1/__/__/etc/passwd"),
        (b"/etc/passwd", b"top-1/etc/passwd"),
        (b"a//b/./c", b"top-1/a/b/c"),
        (b"..\\..\\x", b"top-1/______x"),
        (b"a/..\\x", b"top-1/a/___x"),
        (b"system-x\\x2dy.slice", b"top-1/system-x\\x2dy.slice"),
        (b"...", b"top-1/..."),
    ],
)
def test_every_member_lies_in_the_top_folder(path, expected):
    assert inside(b"top-1", path) == expected


@given(st.lists(st.sampled_from([b"..", b".", b"", b"a", b"\\", b"..\\", b"\n", b"C:"])))
def test_no_path_leads_out_of_the_top_folder(parts):
    path = inside(b"top", b"/".join(parts)).replace(b"\\", b"/").split(b"/")
    assert path[0] == b"top"
    assert b".." not in path


def test_the_name_of_the_top_folder_is_one_element():
    assert inside(b"a/../b", b"x") == b"a_.._b/x"


def test_links_come_last_so_that_nothing_is_unpacked_through_one():
    forged = [file(b"l", b"/etc", FileKind.LINK), file(b"l/passwd"), file(b"z")]
    assert [member.path for member in safe(forged, b"t")] == [b"t/l/passwd", b"t/z"]


def test_of_two_members_with_one_name_the_first_is_kept():
    forged = [file(b"a", b"1"), file(b"a", b"2"), file(b"a/b", b"3")]
    kept = list(safe(forged, b"t"))
    assert [(member.path, member.chunks) for member in kept] == [(b"t/a", (b"1",))]


def test_the_content_of_a_member_that_is_left_out_is_read_all_the_same():
    pieces = iter([b"2"])
    list(safe([file(b"a"), Member(b"a", FileKind.FILE, 1, pieces)], b"t"))
    assert list(pieces) == []


def test_a_link_with_an_endless_target_is_a_file():
    (member,) = safe([file(b"l", b"x" * 5000, FileKind.LINK)], b"t")
    assert member.kind is FileKind.FILE


@pytest.mark.parametrize("read", [in_tar, in_zip])
@pytest.mark.parametrize(
    "name",
    ["plain", "ž" * 40, "x" * 99, "x" * 100, "d/" * 200 + "deep", "a\nb", 'q"uote', "a\\b"],
)
def test_names_come_out_as_they_went_in(read, name):
    assert f"top-1/{name}" in read(file(name.encode()))


def test_a_name_that_is_no_utf_8_stays_as_it_is_in_tar():
    assert "top-1/\udcff" in in_tar(file(b"\xff"))


def test_names_that_are_no_utf_8_stay_different_in_zip():
    assert len(in_zip(file(b"\xff"), file(b"\xfe"))) == 2


@pytest.mark.parametrize("length", [1, 100, 101, 4095])
def test_targets_of_links_come_out_as_they_went_in(length):
    found = in_tar(file(b"l", b"t" * length, FileKind.LINK))
    assert found["top-1/l"].linkname == "t" * length


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 65_536, 200_000])
def test_contents_of_any_size_are_whole(size):
    content = bytes(range(256)) * (size // 256 + 1)
    data = io.BytesIO(packed(".tar", file(b"a", content[:size]), file(b"b", b"end")))
    with tarfile.open(fileobj=data) as opened:
        assert opened.extractfile("top-1/a").read() == content[:size]
        assert opened.extractfile("top-1/b").read() == b"end"


def test_modes_say_what_may_be_run():
    members = [file(b"a"), file(b"b", kind=FileKind.EXECUTABLE)]
    assert [info.mode for info in in_tar(*members).values()] == [0o644, 0o755]
    modes = [info.external_attr >> 16 & 0o777 for info in in_zip(*members).values()]
    assert modes == [0o644, 0o755]


@pytest.mark.parametrize("time", [-(10**12), -1, 0, 1577876400, 2**40, 10**15])
@pytest.mark.parametrize("read", [in_tar, in_zip])
def test_any_time_can_be_told(read, time):
    assert len(read(file(b"a"), time=time)) == 1


def test_a_file_of_more_than_8_gib_has_its_size_told_apart():
    huge = Member(b"huge", FileKind.FILE, 9 * 2**30, iter([b"begin"]))
    start = next(tar([huge, *(file(b"%d" % number, b"x" * 9999) for number in range(9))], "c", 0))
    with tarfile.open(fileobj=io.BytesIO(start)) as opened:
        assert opened.next().size == 9 * 2**30


def test_an_archive_leaves_piece_by_piece():
    asked = []

    def members():
        for number in range(100):
            asked.append(number)
            yield file(b"%d" % number, b"x" * 10_000)

    pieces = archives.pack(Export(RAW_ID, 0, members()), ".tar", "top")
    next(pieces)
    assert len(asked) < 10
