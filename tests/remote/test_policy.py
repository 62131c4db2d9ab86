"""Which clone URIs and which addresses pass."""

# Letters that look like others are what some of the rows are about.
# ruff: noqa: RUF001

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kallithea_host.remote import RemotePolicy, RemoteRefused
from kallithea_host.vcs import Remote, VcsError

PUBLIC = RemotePolicy()
WITH_SSH = RemotePolicy(frozenset({"http", "https", "ssh"}))


@pytest.mark.parametrize(
    ("clone_uri", "remote"),
    [
        ("http://example.com/repo", Remote("http://example.com/repo")),
        ("https://example.com", Remote("https://example.com")),
        ("HTTPS://Example.COM/Repo", Remote("https://example.com/Repo")),
        ("http://example.com:8080/a/b.git/", Remote("http://example.com:8080/a/b.git/")),
        ("http://example.com:0080/a", Remote("http://example.com:80/a")),
        ("http://bob@example.com/r", Remote("http://example.com/r", "bob")),
        ("http://bob:pw@example.com/r", Remote("http://example.com/r", "bob", "pw")),
        ("http://bob:@example.com/r", Remote("http://example.com/r", "bob", "")),
        ("http://bob:p:w@example.com/r", Remote("http://example.com/r", "bob", "p:w")),
        ("http://b%40x.org:p%40%2Fw%25@h.org/", Remote("http://h.org/", "b@x.org", "p@/w%")),
        ("http://b%C3%B6b:%E2%82%AC@h.org/", Remote("http://h.org/", "böb", "€")),
        ("http://böb:€@h.org/", Remote("http://h.org/", "böb", "€")),
        ("http://bob:-pw@h.org/", Remote("http://h.org/", "bob", "-pw")),
        ("http://h.org/döner", Remote("http://h.org/d%C3%B6ner")),
        ("http://h.org/a%20b%2Fc", Remote("http://h.org/a%20b%2Fc")),
        ("http://h.org/a@b:c/-/d", Remote("http://h.org/a@b:c/-/d")),
        ('http://h.org/a"<b>', Remote("http://h.org/a%22%3Cb%3E")),
        ("http://h.org/%FF", Remote("http://h.org/%FF")),
        ("http://8.8.8.8/r", Remote("http://8.8.8.8/r")),
        ("http://[2606:4700::1111]:81/r", Remote("http://[2606:4700::1111]:81/r")),
        ("http://under_score.x-y.org/r", Remote("http://under_score.x-y.org/r")),
        ("http://xn--bcher-kva.example/r", Remote("http://xn--bcher-kva.example/r")),
        ("http://intranet/r", Remote("http://intranet/r")),
    ],
)
def test_a_good_uri_is_taken_apart(clone_uri: str, remote: Remote) -> None:
    assert PUBLIC.parse(clone_uri) == remote


LOCAL_AND_FOREIGN = [
    *("", "/", ".", "..", "-", "repo", "/srv/repo", "../repo", "~/repo", "~root/repo", "C:\\repo"),
    *("c:/repo", "\\\\server\\share", "//example.com/repo", "///etc", "example.com/repo"),
    *("file:///srv/repo", "FILE:///srv/repo", "file:/srv/repo", "file:repo", "file://h/srv"),
    *("local:/srv/repo", "bundle:/srv/x.hg", "bundle:///srv/x.hg", "union:a+b", "path:x"),
    *("static-http://example.com/r", "git://example.com/r", "ftp://example.com/r"),
    *("svn://example.com/r", "svn+http://example.com/r", "git+ssh://example.com/r"),
    *("ssh://example.com/r", "SSH://example.com/r", "gopher://example.com/", "dict://h.org:11111/"),
    *("javascript://example.com/", "data://x/", "ldap://h.org/", "unix:///run/x", "ws://h.org/"),
    *("http+unix://%2Frun%2Fdocker.sock/r", "https+git://h.org/", "hg::http://h.org/r"),
    *("ext::sh -c id", "ext::sh%20-c%20id", "ext::http://example.com/", "fd::3", "fd::3/x"),
    *("transport::address", "remote-http::http://h.org/", "persistent-https://h.org/r"),
    *("git@example.com:repo", "example.com:repo", "bob:pw@example.com:repo", "user@host/r"),
    *("--upload-pack=id", "-oProxyCommand=id", "--config=alias.clone=!id", "-"),
    *("http:", "http:/", "http://", "http:///", "http:example.com/r", "http:/example.com/r"),
    *("http:///example.com/r", "http:////example.com/r", "://example.com/r", "1http://h.org/"),
    *("+http://h.org/", "-http://h.org/", "http ://h.org/", "ht\ttp://h.org/", "x", "http"),
    *("http//h.org/", "http;//h.org/", "HTTP:", "view-source:http://h.org/", "url:http://h.org/"),
]

STRANGE_CHARACTERS = [
    f"http://exa{sign}mple.com/re{sign}po"
    for sign in (
        *"\x00\x01\a\b\t\n\v\f\r\x1b\x1c\x7f\x80\x85\x9f \\",
        *"\xa0\xad\u061c\u1680\u180e\u2000\u2007\u200b\u200d\u200e\u200f\u2028\u2029\u202a",
        *"\u202e\u2060\u2066\u2069\u3000\ufeff\ufff9\ud800\udfff\ue000\U000e0001\U000f0000",
    )
]
IN_THE_PATH = [
    f"http://example.com/re{sign}po"
    for sign in (
        *("\x00", "\n", "\r\nHost: evil", "\t", " ", "\\", "\u202e", "\ud800", "?", "?a=b", "#"),
        *("#branch", "#--config", "%", "%0", "%zz", "%u0041", "%00", "%0a", "%0D%0A", "%09", "%7f"),
        *("%1b[2J", "%5c", "%5C..", "%E2%80%AE", "%C2%85", "%E2%80%A8"),
    )
]
AT_THE_ENDS = [
    shape.format(sign)
    for shape in ("{}http://h.org/", "http://h.org/{}", "http://h.org{}", "http://{}h.org/")
    for sign in ("\n", " ", "\t", "\x00", "\r", "\u3000", "\u2028", "\ufeff", "\\")
]

HOSTS = [
    f"{scheme}://{host}/repo"
    for scheme in ("http", "https")
    for host in (
        *("-oProxyCommand=id", "-h.org", "h-.org", "a.-b.org", "a.b-.org", "--", "-"),
        *(".", "..", ".h.org", "h.org.", "h..org", "h.org..", "%68.org", "h%2eorg", "%00", "h%00"),
        *("h,org", "h;org", "h'org", "h!org", "$(id)", "`id`", "h|org", "h*org", "*", "{a,b}.org"),
        *("a" * 64 + ".org", "a." * 127 + "org", "h.org,evil.org", "h.org&evil.org", "h=org"),
        *("bücher.example", "ⓔxample.com", "example。com", "example．com", "ｅxample.com"),
        *("еxample.com", "exam\u2100le.com", "h.org\uff03", "h.org\uff0f", "h\u2024org", "①.1.1.1"),
        *("１２７.0.0.1", "x\u0301.org", "ß.org", "\u0661.1.1.1", "h.org\u2044x", "☃.net"),
        *("[::1", "::1]", "::1", "[]", "[:]", "[1]", "[h.org]", "[127.0.0.1]", "[8.8.8.8]"),
        *("[v1.x]", "[::1]x", "x[::1]", "[::1].h.org", "[[::1]]", "[2606:4700::1111%25eth0]"),
        *("[fe80::1%eth0]", "[fe80::1%251]", "[2606:4700::11111]", "[::ffff:8.8.8.8.8]"),
    )
]

ADDRESSES_NOT_PUBLIC = [
    *("127.0.0.1", "127.1.2.3", "127.255.255.255", "0.0.0.0", "0.1.2.3", "10.0.0.1"),
    *("10.255.255.255", "100.64.0.1", "100.127.255.255", "169.254.0.1", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::2", "::127.0.0.1", "::8.8.8.8", "fe80::1", "febf::1", "fec0::1", "fc00::1"),
    *("fd12:3456::1", "fdff::1", "ff02::1", "ff0e::1", "100::1", "2001::1", "2001:10::1"),
    *("2001:20::1", "2001:db8::1", "3fff::1", "5f00::1", "1::1", "4000::1", "e000::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1"),
    *("::ffff:0.0.0.0", "::ffff:7f00:1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1"),
    *("64:ff9b::169.254.169.254", "64:ff9b:1::127.0.0.1", "64:ff9b:1::8.8.8.8"),
    *("2002:7f00:1::1", "2002:a00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1"),
    *("2001:0:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
]
PUBLIC_ADDRESSES = [
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
    *("126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255"),
    *("172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255"),
    *("198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:4860::8888"),
    *("2001:200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
]
LITERALS = [
    f"http://{f'[{address}]' if ':' in address else address}/repo"
    for address in ADDRESSES_NOT_PUBLIC
]
OTHER_SPELLINGS = [
    f"http://{host}/repo"
    for host in (
        *("2130706433", "0x7f000001", "0X7F000001", "017700000001", "0", "1", "127.1", "127.0.1"),
        *("0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "0177.0.0.01", "127.0.0.01", "127.0.0.0x1", "0x"),
        *("127.000.000.001", "00.0.0.0", "256.1.1.1", "8.8.8", "8.8.8.8.8", "8.8.8.08", "1.2.3"),
        *("4294967295", "99999999999", "0x8.8.8.8", "010.8.8.8", "h.org.1", "h.0x1", "1.1.1.1."),
        *("[0:0:0:0:0:0:0:1]", "[::0001]", "[::FFFF:127.0.0.1]", "[::ffff:127.0.0.01]"),
    )
]

USERINFO = [
    f"http://{userinfo}@example.com/repo"
    for userinfo in (
        *("", ":", ":pw", "@", "a@b", "a@b:c", "a:b@c", "bob:pw@evil.org", "example.com@evil.org"),
        *("-oProxyCommand=id", "-bob:pw", "%2dbob", "%2Do:pw", "a%3ab", "a%3A:pw", "bob%00"),
        *("bob:%5Bx\u2028", "b\u202eob", "bob:\ud800", "%C2%85bob", "bob%0a"),
        *("bob:p%0d%0aX", "bob:%00", "bob:%09", "%ff", "bob:%ff", "bob:%C3", "bob:%ed%a0%80"),
        *("bob:a/b", "bob:a?b", "bob:a#b", "[::1]", "bob:[x]", "bob:]", "[bob"),
        *("bob:*****", "b b", "bob:p w", "b\\b", "bob:p\\w", "bob:p\nw", "bob:%E2%80%AE"),
        *("bob:%1b", "bob:%7f"),
    )
]
PORTS = [
    f"http://example.com:{port}/repo"
    for port in (
        *("", "0", "00", "-1", "+1", "65536", "99999", "100000", "1e3", "0x50", "80a", "a80"),
        *("http", "80:80", ":80", "80.", "８０", "٨٠", "²", "80%30", "1_0", "80,81", "%38%30"),
    )
]
PATHS = [
    *("http://h.org/-repo", "http://h.org//-repo", "http://h.org/%2drepo", "http://h.org/%2Drepo"),
    *("http://h.org/--upload-pack=id", "http://h.org/%2f-x", "http://h.org/%2F%2d-x"),
    *("http://h.org?repo", "http://h.org#repo", "http://h.org:80?x", "http://h.org\\repo"),
    *("http://h.org/?service=git-upload-pack", "http://h.org/repo?", "http://h.org/repo#"),
    *("http://h.org;x", "http://h.org,x", "http://h.org'/x", 'http://h.org"/x', "http://h.org|/x"),
    *("http://a.org http://b.org", "http://h.org/http://\n", "http://h.org/" + "x" * 2_048),
    *("http://" + "x" * 5_000, "http://bob:" + "x" * 5_000 + "@h.org/", "x" * 100_000),
]
HOSTILE = [
    *LOCAL_AND_FOREIGN,
    *STRANGE_CHARACTERS,
    *IN_THE_PATH,
    *AT_THE_ENDS,
    *HOSTS,
    *LITERALS,
    *OTHER_SPELLINGS,
    *USERINFO,
    *PORTS,
    *PATHS,
]
# Names from numbers: the rows hold what no terminal, and not every file system, can show.
NUMBERED = [pytest.param(uri, id=f"hostile-{number}") for number, uri in enumerate(HOSTILE)]


@pytest.mark.parametrize("clone_uri", NUMBERED)
def test_a_hostile_uri_is_refused_without_being_repeated(clone_uri: str) -> None:
    with pytest.raises(RemoteRefused) as refusal:
        PUBLIC.parse(clone_uri)
    assert len(clone_uri) < 8 or clone_uri not in str(refusal.value)


def test_a_refusal_is_a_vcs_error_that_holds_no_password() -> None:
    with pytest.raises(VcsError) as refusal:
        PUBLIC.parse("http://bob:geheim@127.0.0.1/")
    assert "geheim" not in str(refusal.value)
    assert "127.0.0.1" not in str(refusal.value)


def test_the_password_is_not_in_the_repr_of_a_remote() -> None:
    assert "geheim" not in repr(PUBLIC.parse("http://bob:geheim@example.com/"))


def test_ssh_passes_where_it_is_configured() -> None:
    assert WITH_SSH.parse("ssh://hg@example.com:22/r") == Remote("ssh://example.com:22/r", "hg")


@pytest.mark.parametrize(
    "clone_uri",
    [
        *("ssh://-oProxyCommand=id/r", "ssh://%2DoProxyCommand=id/r", "ssh://u@-oOption=id/r"),
        *("ssh://-u@h.org/r", "ssh://h.org/-x", "ssh://h.org//-x", "ssh://h.org:-1/", "ssh:///r"),
        *("ssh://h.org/r\n", "ssh://127.0.0.1/r", "ssh://h.org$(id)/r", "ssh:h.org", "ssh://u@/r"),
    ],
)
def test_ssh_has_no_options_for_others_to_set(clone_uri: str) -> None:
    with pytest.raises(RemoteRefused):
        WITH_SSH.parse(clone_uri)


@pytest.mark.parametrize("scheme", ["file", "ext", "git", "ftp", "static-http", "HTTP", ""])
def test_other_schemes_cannot_be_configured(scheme: str) -> None:
    with pytest.raises(ValueError, match="not a scheme"):
        RemotePolicy(schemes=frozenset({"http", scheme}))


@pytest.mark.parametrize(
    "entry",
    [
        *("", "*", "*.h.org", "http://h.org", "h.org:80", "10.0.0.0/33", "10.0.0.0/8/8", "[::1]"),
        *("a b", "300.1.1.1", "127.1", "fe80::1%eth0", "-h.org", "h.org/24", "10.0.0.0-10.0.0.9"),
    ],
)
def test_an_entry_that_would_never_match_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="neither a host name"):
        RemotePolicy(allow=("localhost", entry))


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_a_public_address_is_permitted(address: str) -> None:
    assert PUBLIC.permits(address, "example.com")


@pytest.mark.parametrize("address", ADDRESSES_NOT_PUBLIC)
def test_an_address_that_is_not_public_is_not_permitted(address: str) -> None:
    assert not PUBLIC.permits(address, "example.com")


@pytest.mark.parametrize(
    "address",
    [
        *("", "h.org", "localhost", "127.1", "0x8.8.8.8", "8.8.8.8 ", "8.8.8.8:80", "8.8.8.8/32"),
        *("[::1]", "fe80::1%eth0", "2606:4700::1111%eth0", "2606:4700::1111%1", "::ffff:1.1.1.1%1"),
        *("١.1.1.1", "1.1.1.1\n", "\x00"),
    ],
)
def test_what_is_no_plain_address_is_not_permitted_even_to_an_allowed_name(address: str) -> None:
    assert not RemotePolicy(allow=("forge.internal",)).permits(address, "forge.internal")


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
        ("10.0.0.0/8", "10.20.30.40"),
        ("10.1.2.3/8", "10.20.30.40"),
        ("10.0.0.0/8", "64:ff9b::10.20.30.40"),
        ("::1", "::1"),
        ("fd00::/8", "fd12::1"),
        ("2002::/16", "2002:7f00:1::1"),
        ("0.0.0.0/0", "192.168.1.1"),
    ],
)
def test_an_allowed_address_is_permitted(entry: str, address: str) -> None:
    assert RemotePolicy(allow=("other.internal", entry)).permits(address, "example.com")


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("127.0.0.1", "127.0.0.2"),
        ("127.0.0.1", "::1"),
        ("10.0.0.0/8", "172.16.0.1"),
        ("10.0.0.0/8", "192.168.0.1"),
        ("::/0", "127.0.0.1"),
        ("::/0", "::ffff:127.0.0.1"),
        ("0.0.0.0/0", "::1"),
        ("localhost", "127.0.0.1"),
    ],
)
def test_an_entry_allows_nothing_beside_itself(entry: str, address: str) -> None:
    assert not RemotePolicy(allow=(entry,)).permits(address, "example.com")


def test_an_allowed_name_may_lead_anywhere_and_is_read_without_case() -> None:
    policy = RemotePolicy(allow=("Forge.Internal",))
    assert policy.permits("10.0.0.1", "forge.INTERNAL")
    assert not policy.permits("10.0.0.1", "sub.forge.internal")
    assert not policy.permits("10.0.0.1", "internal")


def test_an_allowed_literal_passes_in_a_uri() -> None:
    policy = RemotePolicy(allow=("127.0.0.1", "::1"))
    assert policy.parse("http://127.0.0.1:8080/r") == Remote("http://127.0.0.1:8080/r")
    assert policy.parse("http://[::1]/r") == Remote("http://[::1]/r")


@given(st.text())
def test_no_text_makes_parse_raise_anything_but_a_refusal(text: str) -> None:
    with contextlib.suppress(RemoteRefused):
        WITH_SSH.parse(text)


PIECES = st.sampled_from(
    [
        *("http", "https", "ssh", "://", ":", "@", "/", "//", "?", "#", "%", "%2f", "%00", "%ff"),
        *("[", "]", "::1", "127.0.0.1", "8.8.8.8", "h.org", "-", "--x", ".", "80", "99999", "bob"),
        *("\\", " ", "\n", "é", "\ud800", "。", "xn--", "0x7f", "*****"),
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_what_passes_is_of_one_plain_form(uri: str) -> None:
    try:
        remote = WITH_SSH.parse(uri)
    except RemoteRefused:
        return
    assert remote.url.isascii()
    assert remote.url.split("://")[0] in WITH_SSH.schemes
    authority = remote.url.split("/")[2]
    assert authority
    assert not set(authority) & set("@%\\?#")
    assert not authority.startswith("-")
    assert not set(remote.url) & set(" \\?#\n\t")
    assert WITH_SSH.parse(remote.url) == Remote(remote.url)
