"""What the pages of the documentation show can be done as it is shown."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kallithea_host.config import load
from kallithea_host.testing import Daemon
from kallithea_host.vcs import Backend
from tests.docs.shell import DOCS, Reader, blocks_of

PAGES = sorted(DOCS.glob("*.md"))


def free_port():
    """A port that is free at the moment."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture
def reader(tmp_path):
    """Somebody who reads a page."""
    return Reader(tmp_path, free_port())


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Somebody who has got started, and what he has seen."""
    reader = Reader(tmp_path_factory.mktemp("started"), free_port())
    try:
        yield reader, reader.follow("getting-started.md")
    finally:
        reader.close()


def shown(page, file):
    """The text of a file that a page shows."""
    (text,) = (block.text for block in blocks_of(page) if block.file == file)
    return text


def replies(output):
    """The answers of the server among what was printed."""
    return [json.loads(line) for line in re.findall(r'\{"id":.*\}', output)]


def test_getting_started(started):
    _, printed = started
    created, changesets = replies(printed)
    assert created["error"] is None
    assert created["result"]["msg"] == "Created new repository `tools/deploy`"
    assert [each["message"].strip() for each in changesets["result"]] == ["The first file"]


def test_writing_a_plugin(reader):
    printed = reader.follow("plugins.md")
    assert " 4 passed" in printed
    assert " 5 passed" in printed
    assert "demo\tkallithea-host-demo 0.1.0\tloaded\tmethods: demo_describe, demo_count_files" in (
        printed
    )


def test_testing_a_plugin(reader):
    assert re.findall(r" (\d+) passed", reader.follow("testing-plugins.md")) == ["2", "2", "2"]


def test_backup_and_restore_and_watching(started):
    """The page on production, on a server that has something to lose."""
    reader, _ = started
    blocks = [block for block in blocks_of("production.md") if block.language == "sh"]
    assert len(blocks) == 3
    (answer,) = replies("".join(map(reader.do, blocks)))
    assert answer["error"] is None
    folder = ["kallithea-host", "--data-dir", "restored"]
    ran = reader._type(" ".join([*folder, "user", "list"]))
    assert "bob@example.org" in ran
    with pytest.raises(AssertionError, match="tools/deploy"):
        reader._type(f"rm -r restored/repositories/tools; {' '.join(folder)} check >&2")


def test_every_block_of_a_page_is_of_a_kind_that_is_checked():
    kinds = {block.language for page in PAGES for block in blocks_of(page.name)}
    assert kinds <= {"sh", "python", "toml", "ini", "nginx", "apache", "text", "console"}


@pytest.mark.parametrize("file", ["kallithea-host.ini", "tls.ini", "postgresql.ini"])
def test_a_file_of_settings_can_be_read(tmp_path, file):
    (tmp_path / file).write_text(shown("production.md", file))
    assert load(tmp_path / file, {})


def test_the_file_of_settings_is_the_service_s_own(tmp_path):
    file = tmp_path / "host.ini"
    file.write_text(shown("production.md", "kallithea-host.ini"))
    settings, unit = load(file, {}), shown("production.md", "kallithea-host.service")
    assert str(settings.data_dir) == "/var/lib/kallithea-host"
    assert "StateDirectory=kallithea-host\n" in unit
    assert str(settings.access_log.parent) == "/var/log/kallithea-host"
    assert "LogsDirectory=kallithea-host\n" in unit
    stop = int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[1])
    assert stop > settings.stop_grace + 5


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_unit(tmp_path):
    unit = tmp_path / "kallithea-host.service"
    text = shown("production.md", "kallithea-host.service")
    unit.write_text(text.replace("/opt/kallithea-host/bin/twistd", sys.executable))
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def certificate(tmp_path):
    """A certificate and its key, in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hg.example.org")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("hg.example.org")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "hg.example.org.pem", tmp_path / "hg.example.org.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def test_the_endpoint_with_tls_serves(tmp_path, certificate):
    port, text = free_port(), shown("production.md", "tls.ini")
    endpoint = re.search(r"ssl:\S+", text)[0]
    endpoint = endpoint.replace("/etc/ssl", str(tmp_path)).replace("5443", str(port))
    folder = tmp_path / "daemon"
    folder.mkdir()
    context = ssl.create_default_context(cafile=str(certificate[0]))
    with Daemon(folder, options=["--listen", endpoint]):
        connection = HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
        raw = socket.create_connection(("127.0.0.1", port))
        connection.sock = context.wrap_socket(raw, server_hostname="hg.example.org")
        connection.request("GET", "/nowhere")
        assert connection.getresponse().status == 404
        connection.close()


def nginx(tmp_path, text):
    folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{name}_temp_path {tmp_path}/{name};\n" for name in folders)
    main = f"error_log stderr; pid {tmp_path}/pid; events {{}} http {{ {temporary} {text} }}"
    (tmp_path / "nginx.conf").write_text(main)
    return ["nginx", "-t", "-e", "stderr", "-c", tmp_path / "nginx.conf"]


def apache(tmp_path, text):
    modules = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
        for name in ("mpm_event", "authz_core", "ssl", "headers", "proxy", "proxy_http")
    )
    (tmp_path / "apache.conf").write_text(
        f"{modules}\nErrorLog /dev/stderr\nPidFile {tmp_path}/pid\n{text}"
    )
    return ["apache2", "-t", "-d", tmp_path, "-f", tmp_path / "apache.conf"]


def caddy(tmp_path, text):
    (tmp_path / "Caddyfile").write_text(text)
    return ["caddy", "validate", "--adapter", "caddyfile", "--config", tmp_path / "Caddyfile"]


@pytest.mark.parametrize(
    ("file", "check"), [("nginx.conf", nginx), ("apache.conf", apache), ("Caddyfile", caddy)]
)
def test_a_web_server_takes_its_file(tmp_path, certificate, file, check):
    text = shown("production.md", file).replace("/etc/ssl", str(tmp_path))
    text = re.sub(r"/var/log/\w+", str(tmp_path), text)
    command = check(tmp_path, text)
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not here")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_function_of_a_backend_is_listed():
    text = (DOCS / "vcs-backends.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)\(", text, re.MULTILINE)
    assert listed == sorted({name for name in dir(Backend) if name[0] != "_"} - {"alias"})
