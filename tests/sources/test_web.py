"""Fetching is polite, bounded, and never reaches into the network it runs in."""

import contextlib
import gzip
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from moderation.config import Settings
from moderation.errors import SourceError
from moderation.schema import Page
from moderation.sources import open_sources
from moderation.sources.web import Fetcher, is_address, is_public

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ARTICLE = "<title>Brücke gesperrt</title><p>Bis Mai.</p>".encode("latin-1")
HTML = {"Content-Type": "text/html; charset=ISO-8859-1"}


class Site:
    """A small news site on loopback; ``answers``: [host +] path -> status, headers, body."""

    def __init__(self) -> None:
        self.answers = {"/article": (200, HTML, ARTICLE)}
        self.seen: list[tuple[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                host = self.headers["Host"].partition(":")[0]
                site.seen.append((host, self.path))
                missing = site.answers.get(self.path, (404, {}, b""))
                status, headers, body = site.answers.get(host + self.path, missing)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def address(self, path: str, host: str = "news.example") -> str:
        return f"http://{host}:{self.server.server_port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def lookups():
    """Every host name that was looked up, in order."""
    return []


@pytest.fixture
def fetcher(lookups):
    """Finds news.example and other.example on loopback, the rest of .example in private ranges."""

    def resolve(host):
        lookups.append(host)
        known = {"news.example": "127.0.0.1", "other.example": "127.0.0.1"}
        if host == "unknown.example":
            raise OSError("no such name")
        return [known.get(host, "10.0.0.7" if host.endswith(".example") else host)]

    with Fetcher(
        10_000,
        pause_s=0,
        timeout_s=5,
        resolve=resolve,
        permitted=lambda address: address == "127.0.0.1",
    ) as fetcher:
        yield fetcher


def problem(result: Page | SourceError) -> str:
    assert isinstance(result, SourceError), result
    assert "\n" not in str(result)
    return result.problem


def test_a_page_comes_with_its_address_and_declared_encoding(site, fetcher):
    address = site.address("/article")
    started = datetime.now(UTC)
    page = fetcher.fetch(address)
    assert replace(page, fetched_at=None) == Page(address, ARTICLE, address, "iso-8859-1")
    assert started <= page.fetched_at <= datetime.now(UTC)
    assert site.seen[-1] == ("news.example", "/article")


def test_a_redirect_is_followed_and_its_target_is_the_pages_address(site, fetcher):
    site.answers["/old"] = (301, {"Location": "/article"}, b"")
    page = fetcher.fetch(site.address("/old"))
    assert (page.source, page.url) == (site.address("/old"), site.address("/article"))


def test_redirects_without_end_are_given_up(site, fetcher):
    site.answers["/loop"] = (302, {"Location": "/loop"}, b"")
    assert problem(fetcher.fetch(site.address("/loop"))) == "redirects more than 5 times"


@pytest.mark.parametrize("target", ["http://intranet.example/", "http://169.254.169.254/latest"])
def test_a_redirect_into_the_private_network_is_refused(site, fetcher, target):
    site.answers["/evil"] = (302, {"Location": target}, b"")
    result = fetcher.fetch(site.address("/evil"))
    assert "which is not on the open internet" in problem(result)
    assert result.source == site.address("/evil")


def test_a_redirect_to_another_scheme_is_refused(site, fetcher):
    site.answers["/evil"] = (302, {"Location": "file:///etc/passwd"}, b"")
    assert "cannot be fetched" in problem(fetcher.fetch(site.address("/evil")))


def test_the_connection_goes_to_the_address_that_was_checked(site, lookups):
    def rebinding(host):  # answers with another address each time it is asked
        lookups.append(host)
        return ["127.0.0.1" if len(lookups) <= 2 else "10.0.0.7"]

    permitted = "127.0.0.1".__eq__
    with Fetcher(10_000, pause_s=0, resolve=rebinding, permitted=permitted) as fetcher:
        assert isinstance(fetcher.fetch(site.address("/article")), Page)
        assert len(lookups) == 2  # robots.txt and the page
        assert "10.0.0.7" in problem(fetcher.fetch(site.address("/article")))


def test_a_host_with_one_private_address_is_refused(site):
    resolve = {"news.example": ["127.0.0.1", "10.0.0.7"]}.__getitem__
    with Fetcher(10_000, pause_s=0, resolve=resolve, permitted="127.0.0.1".__eq__) as fetcher:
        assert "10.0.0.7" in problem(fetcher.fetch(site.address("/article")))
    assert not site.seen


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "[::1]"])
def test_loopback_is_refused_by_default_however_it_is_written(site, host):
    with Fetcher(10_000) as fetcher:
        assert "not on the open internet" in problem(fetcher.fetch(site.address("/article", host)))
    assert not site.seen


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "10.1.2.3", "100.100.100.200", "127.0.0.1", "169.254.169.254", "172.16.0.1"),
        *("192.0.0.192", "192.168.1.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::a9fe:a9fe"),
        "168.63.129.16",
    ],
)  # fmt: skip
def test_addresses_off_the_open_internet_are_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_addresses_on_the_open_internet_are_known(address):
    assert is_public(address)


def test_an_unknown_host_is_named(site, fetcher):
    result = fetcher.fetch("http://unknown.example/a")
    assert problem(result) == "host 'unknown.example' is not known"


def test_robots_txt_is_obeyed_and_read_once_a_host(site, fetcher):
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private/\n")
    assert "robots.txt of news.example" in problem(fetcher.fetch(site.address("/private/a")))
    assert isinstance(fetcher.fetch(site.address("/article")), Page)
    assert [path for _, path in site.seen] == ["/robots.txt", "/article"]


def test_robots_txt_of_a_redirects_target_is_obeyed(site, fetcher):
    site.answers["/go"] = (302, {"Location": site.address("/article", "other.example")}, b"")
    site.answers["other.example/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /")
    assert "robots.txt of other.example" in problem(fetcher.fetch(site.address("/go")))


def test_a_failing_robots_txt_closes_the_host(site, fetcher):
    site.answers["/robots.txt"] = (503, {}, b"")
    assert "robots.txt" in problem(fetcher.fetch(site.address("/article")))


def test_requests_to_one_host_are_spaced_by_the_longer_of_pause_and_crawl_delay(site, fetcher):
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7\n")
    waits = []
    fetcher.sleep = waits.append
    fetcher.pause_s = 2.0
    fetcher.fetch(site.address("/article"))
    fetcher.fetch(site.address("/article"))
    fetcher.fetch(site.address("/article", "other.example"))
    assert [round(wait) for wait in waits] == [7]


def test_a_page_over_the_cap_is_refused(site, fetcher):
    site.answers["/big"] = (200, HTML, b"x" * 10_001)
    assert "too large for a page" in problem(fetcher.fetch(site.address("/big")))


def test_a_compressed_bomb_is_refused(site, fetcher):
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    site.answers["/bomb"] = (200, headers, gzip.compress(bytes(20_000_000)))
    assert "too large for a page" in problem(fetcher.fetch(site.address("/bomb")))


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "video/mp4"])
def test_what_is_no_text_is_not_downloaded(site, fetcher, kind):
    site.answers["/file"] = (200, {"Content-Type": kind}, b"x")
    expected = f"is {kind}; expected HTML, plain text, JSON or XML"
    assert problem(fetcher.fetch(site.address("/file"))) == expected


def test_a_missing_page_is_said_to_be_missing(site, fetcher):
    assert "answered 404 Not Found" in problem(fetcher.fetch(site.address("/gone")))


def test_a_closed_port_is_an_error_value(fetcher):
    assert "cannot be fetched" in problem(fetcher.fetch("http://news.example:9/"))


def test_a_page_that_trickles_in_is_given_up(site, fetcher):
    fetcher.deadline_s = -1.0
    assert "did not arrive whole" in problem(fetcher.fetch(site.address("/article")))


def trickle(answer: bytes, rest: bytes):
    """A server that sends ``answer`` at once and ``rest`` over and over, a little at a time."""

    def serve(server: socket.socket) -> None:
        for _ in range(2):  # robots.txt and the page
            connection, _ = server.accept()
            asked = connection.recv(10_000)
            robots = asked.startswith(b"GET /robots.txt")
            with contextlib.suppress(OSError), connection:
                if robots:
                    connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
                    continue
                connection.sendall(answer)
                while True:
                    connection.sendall(rest)
                    time.sleep(0.02)

    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(server,), daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("answer", "rest"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(b"")[:10],
            b"\0\0\0\xff\xff",  # a block that holds nothing
        ),
    ],
    ids=["headers", "body", "empty gzip blocks"],
)
def test_a_server_that_never_finishes_is_cut_off_in_time(fetcher, answer, rest):
    fetcher.deadline_s = 0.3
    with trickle(answer, rest) as server:
        started = time.monotonic()
        address = f"http://news.example:{server.getsockname()[1]}/page"
        assert "did not arrive whole within 0.3 s" in problem(fetcher.fetch(address))
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "host",
    [
        *("0177.0.0.1", "017700000001", "127.0.0.1.", "0", "①②⑦.⓪.⓪.①", "a@127.0.0.1"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[fe80::1]"),
        "[fd00:ec2::254]",
    ],
)
def test_no_way_to_write_a_private_address_gets_through(site, host):
    with Fetcher(10_000, pause_s=0) as fetcher:
        fetched = fetcher.fetch(f"http://{host}:{site.server.server_port}/article")
    assert isinstance(fetched, SourceError)
    assert not site.seen


def test_a_password_in_the_address_is_not_kept(site, fetcher):
    address = site.address("/article", "me:secret@news.example")
    assert fetcher.fetch(address).url == site.address("/article")


@pytest.mark.parametrize("text", ["ftp://news.example/", "page.html", "https://", "", "http://[::"])
def test_what_is_no_address_is_said_to_be_none(fetcher, text):
    assert problem(fetcher.fetch(text))


def test_a_path_is_no_address():
    assert not is_address("http")
    assert not is_address("./https://x y")
    assert is_address("HTTPS://news.example")


def test_a_list_of_addresses_is_fetched_past_bad_lines(site, fetcher, tmp_path):
    lines = ["# front page", site.address("/article"), "", "no address", site.address("/gone")]
    (tmp_path / "today.urls").write_text("\n".join(lines))
    (tmp_path / "today.txt").write_text(site.address("/article"))
    targets = [str(tmp_path / "today.urls"), str(tmp_path / "today.txt"), site.address("/article")]
    results = list(open_sources(targets, Settings(), fetcher=fetcher))
    assert [type(entry) for entry in results] == [Page, SourceError, SourceError, Page, Page]
    assert results[1].source == "no address"


def test_nothing_is_looked_up_before_an_address_is_named(fetcher, lookups, tmp_path):
    (tmp_path / "page.html").write_bytes(b'<a href="http://news.example/">x</a>')
    list(open_sources([str(tmp_path)], Settings(), fetcher=fetcher))
    assert not lookups
    assert "_client" not in fetcher.__dict__


def test_an_interrupted_connection_is_an_error_value(fetcher):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def hang_up():
            server.accept()[0].close()

        closing = threading.Thread(target=hang_up)
        closing.start()
        started = time.monotonic()
        assert "cannot be fetched" in problem(fetcher.fetch(f"http://news.example:{port}/"))
        closing.join()
    assert time.monotonic() - started < 5


def test_a_password_in_an_address_is_in_no_message(fetcher):
    refused = fetcher.fetch("http://reader:secret@127.0.0.1:9/page")
    assert isinstance(refused, SourceError)
    assert "secret" not in str(refused)
    assert refused.source == "http://127.0.0.1:9/page"
