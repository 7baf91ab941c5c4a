"""Pages from the web, one polite request at a time.

Each host's robots.txt is obeyed, with a pause between requests. A host name is looked up
once per connection and the connection goes to the very address that was checked, also
after a redirect, so that no name can lead into the network this runs in. A connection is cut
when its time is over. Proxies named in the environment are not used: they would look the name
up again.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self

import httpcore
import httpx
from protego import Protego

from moderation.errors import SourceError
from moderation.schema import Page

AGENT = "moderation"
USER_AGENT = f"{AGENT}/0.1 (comment threads for a review desk)"
MAX_REDIRECTS = 5
MAX_ROBOTS_BYTES = 512_000
"""RFC 9309 asks for at least 500 KiB."""
MAX_PAUSE_S = 30.0
"""The longest ``Crawl-delay`` that is waited for."""
_READABLE = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:xhtml|xml|json)|^$")


_USER_INFO = re.compile(r"^(https?://)[^/?#]*@", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Tell whether a target is an http(s) address rather than a path."""
    return re.match(r"https?://\S+$", text, re.IGNORECASE) is not None


def resolve(host: str) -> list[str]:
    """Look a host name up: its IP addresses, in the order to try them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Tell whether an IP address is on the open internet.

    Private, loopback, link-local, shared, multicast and reserved ranges are not, nor are
    IPv6 forms of them, nor the addresses where clouds hand out credentials.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1]) or _nat64(ip)
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _CLOSED)


_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # Azure's services for its machines
        "192.0.0.0/24",  # Oracle's; reserved, but Python before 3.11.10 calls most of it global
        "64:ff9b:1::/48",  # local NAT64
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to a request.

    Args:
        status: HTTP status code.
        headers: As they came, so that some speak of the body before it was decompressed.
        body: The whole of it, decompressed.
    """

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Fetcher:
    """Fetches pages; a context manager that closes its connections.

    Args:
        max_bytes: The most a page may hold after decompression.
        timeout_s: Seconds to connect, and to wait for the next bytes.
        deadline_s: Seconds a connection may last, from its opening to the page's last byte.
        pause_s: Seconds between two requests to one host; a longer ``Crawl-delay`` wins.
        resolve: Host name -> IP addresses.
        permitted: Which IP addresses may be connected to.
        sleep: Waits for so many seconds.
    """

    max_bytes: int
    timeout_s: float = 15.0
    deadline_s: float = 60.0
    pause_s: float = 1.0
    resolve: Callable[[str], list[str]] = resolve
    permitted: Callable[[str], bool] = is_public
    sleep: Callable[[float], None] = time.sleep
    _robots: dict[str, Protego] = field(default_factory=dict, init=False, repr=False)
    _next_at: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    def fetch(self, address: str) -> Page | SourceError:
        """Fetch one page.

        Returns:
            The page with its final address and declared encoding, or why there is none.
        """
        shown = _USER_INFO.sub(r"\1", address)  # what is reported and stored holds no password
        try:
            return replace(self._follow(address), source=shown)
        except SourceError as error:
            return SourceError(shown, error.problem)  # which may be a redirect's
        except httpx.TimeoutException:
            return SourceError(shown, f"no answer within {self.timeout_s:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return SourceError(shown, f"cannot be fetched ({type(error).__name__}: {error})")

    def answer(self, method: str, address: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send a request on behalf of a page that is being rendered, without a pause.

        Args:
            method: Such as ``"POST"``; a redirect may change it.
            address: Where to; checked, as are redirects, like that of a page.
            headers: What the page wants to say beside this fetcher's own headers.
            body: What it wants to send.

        Raises:
            SourceError: The address is not permitted, by its host or its robots.txt, or the
                answer is too large.
            httpx.HTTPError: It could not be fetched.
        """
        request = self._client.build_request(method, address, headers=headers, content=body)
        for _ in range(MAX_REDIRECTS + 1):
            self._check_robots(request.url, address)
            response = self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    content = _read(response, self.max_bytes + 1)
                    if len(content) > self.max_bytes:
                        raise too_large(address, self.max_bytes)
                    return Answer(response.status_code, dict(response.headers), content)
                request = response.next_request
            finally:
                response.close()
        raise SourceError(address, f"redirects more than {MAX_REDIRECTS} times")

    def _follow(self, address: str) -> Page:
        if not is_address(address):
            raise SourceError(address, "is no address; expected http://… or https://…")
        url = httpx.URL(address)
        for _ in range(MAX_REDIRECTS + 1):
            robots = self._check_robots(url, address)
            self._pause(url.host, robots.crawl_delay(AGENT) or 0)
            with self._client.stream("GET", url) as response:
                if response.next_request is None:
                    return self._page(response, address)
                url = response.next_request.url
        raise SourceError(address, f"redirects more than {MAX_REDIRECTS} times")

    def _check_robots(self, url: httpx.URL, address: str) -> Protego:
        robots = self._robots_of(url)
        if not robots.can_fetch(str(url), AGENT):
            raise SourceError(address, f"robots.txt of {url.host} keeps {AGENT!r} out")
        return robots

    def _page(self, response: httpx.Response, address: str) -> Page:
        if response.status_code != httpx.codes.OK:
            status = f"{response.status_code} {response.reason_phrase}".strip()
            raise SourceError(address, f"the server answered {status}; expected 200 OK")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not _READABLE.match(kind):
            raise SourceError(address, f"is {kind}; expected HTML, plain text, JSON or XML")
        body = _read(response, self.max_bytes + 1)
        if len(body) > self.max_bytes:
            raise too_large(address, self.max_bytes)
        return Page(
            address,
            body,
            url=_public_form(response.url),
            charset=response.charset_encoding,
            fetched_at=datetime.now(UTC),
        )

    def _robots_of(self, url: httpx.URL) -> Protego:
        """Return a host's rules: none if it has no robots.txt, all closed if it fails."""
        origin = str(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if origin not in self._robots:
            with self._client.stream("GET", origin, follow_redirects=True) as response:
                if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                    rules = "User-agent: *\nDisallow: /"
                elif response.status_code == httpx.codes.OK:
                    rules = _read(response, MAX_ROBOTS_BYTES).decode("utf-8", "replace")
                else:
                    rules = ""
            self._robots[origin] = Protego.parse(rules)
        return self._robots[origin]

    def _pause(self, host: str, crawl_delay_s: float) -> None:
        now = time.monotonic()
        wait_s = self._next_at.get(host, now) - now
        if wait_s > 0:
            self.sleep(wait_s)
        self._next_at[host] = time.monotonic() + max(self.pause_s, min(crawl_delay_s, MAX_PAUSE_S))

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(
            transport=_CheckedTransport(self.resolve, self.permitted, self.deadline_s),
            timeout=self.timeout_s,
            max_redirects=MAX_REDIRECTS,
            trust_env=False,
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "text/html, application/xhtml+xml, text/plain, */*;q=0.1",
                "Accept-Encoding": "gzip, deflate",  # these expand a chunk a thousandfold at most
            },
        )


def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """Return the first ``max_bytes`` of the decompressed answer."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= max_bytes:
            break
    return bytes(body[:max_bytes])


class _CheckedTransport(httpx.HTTPTransport):
    """Connects to addresses that were looked up and found permitted, for so long and no longer."""

    def __init__(
        self,
        resolve: Callable[[str], list[str]],
        permitted: Callable[[str], bool],
        deadline_s: float,
    ) -> None:
        super().__init__(trust_env=False)
        # No connection is kept: each has a deadline of its own.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_keepalive_connections=0,
            network_backend=_CheckedBackend(resolve, permitted, deadline_s),
        )


class _CheckedBackend(httpcore.SyncBackend):
    """Opens connections to the very addresses that were checked, however a host is written."""

    def __init__(
        self,
        resolve: Callable[[str], list[str]],
        permitted: Callable[[str], bool],
        deadline_s: float,
    ) -> None:
        self._resolve = resolve
        self._permitted = permitted
        self._deadline_s = deadline_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to ``host``; raises SourceError if it is not on the open internet."""
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._addresses(host):
            try:
                stream = super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, host, self._deadline_s)
        raise failure or httpcore.ConnectError("no address")

    def _addresses(self, host: str) -> list[str]:
        try:
            addresses = self._resolve(host)
        except OSError as error:
            raise SourceError(host, f"host {host!r} is not known") from error
        closed = [address for address in addresses if not self._permitted(address)]
        if closed:
            problem = f"host {host!r} is at {closed[0]}, which is not on the open internet"
            raise SourceError(host, problem)
        return addresses


class _TimedStream(httpcore.NetworkStream):
    """A connection that is cut when its time is over, whatever trickles in until then."""

    def __init__(self, stream: httpcore.NetworkStream, host: str, deadline_s: float) -> None:
        self._stream = stream
        self._host = host
        self._deadline_s = deadline_s
        self._ends_at = time.monotonic() + deadline_s
        self._timer = threading.Timer(max(deadline_s, 0), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._stream.read(max_bytes, timeout)
        finally:
            self._check()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._stream.write(buffer, timeout)
        finally:
            self._check()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            self._stream = self._stream.start_tls(ssl_context, server_hostname, timeout)
        finally:
            self._check()
        return self

    def close(self) -> None:
        self._timer.cancel()
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):  # closed in between
            self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _check(self) -> None:
        if time.monotonic() >= self._ends_at:
            problem = f"did not arrive whole within {self._deadline_s:g} s"
            raise SourceError(self._host, problem)


def _public_form(url: httpx.URL) -> str:
    """Leave the user's name and password for the site out of what is stored."""
    return str(url.copy_with(username="", password=""))


def too_large(source: str, max_bytes: int) -> SourceError:
    """Say that a page is over the cap, and what the cap is."""
    limit = f"{max_bytes:,} bytes, set by max_page_bytes"
    return SourceError(source, f"is too large for a page; expected at most {limit}")
