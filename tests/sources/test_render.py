"""Comments that a script fills in are read through a real browser that cannot reach the network."""

import json
import os
import shutil
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from moderation.errors import SettingsError, SourceError
from moderation.extractors import extract
from moderation.sources.render import BROWSERS, Renderer, find_browser
from moderation.sources.web import Fetcher

pytest.importorskip("playwright")
FOUND = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
needs_browser = [
    pytest.mark.e2e,
    pytest.mark.enable_socket,
    pytest.mark.timeout(120),
    pytest.mark.skipif(FOUND is None, reason=f"no browser: none of {', '.join(BROWSERS)}"),
]
HTML = "text/html; charset=utf-8"
PAGE = """<!doctype html><html><head><title>Tram line 4</title></head><body><article>
<h1>Tram line 4</h1><p>The line reopens in May, the council said on Tuesday.</p></article>
<section class="comments"><h2>Comments</h2><ol class="comment-list" id="list"></ol>
{more}</section><script>{script}</script></body></html>"""
ADD = """
const add = (n) => document.getElementById("list").insertAdjacentHTML("beforeend",
  `<li class="comment" id="comment-${n}"><article class="comment-body"><footer>
   <b class="fn">Reader ${n}</b><time datetime="2024-05-0${n}T10:00:00Z">May ${n}</time></footer>
   <div class="comment-content"><p>Number ${n} waits for the tram and says so.</p></div>
   </article></li>`);
"""


class Site:
    """A site on 127.0.0.1 or, as the private network, on 127.0.0.2."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.answers: dict[str, tuple[int, dict[str, str], str]] = {}
        self.seen: list[tuple[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.seen.append((self.command, self.path))
                status, headers, body = site.answers.get(self.path, (404, {}, ""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            do_POST = do_GET  # noqa: N815 - http.server's name

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def page(self, script: str, more: str = "", path: str = "/article") -> str:
        html = PAGE.replace("{script}", ADD + script).replace("{more}", more)
        self.answers[path] = (200, {"Content-Type": HTML}, html)
        return f"http://news.example:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for _, path in self.seen if path != "/robots.txt"]


@pytest.fixture
def site():
    running = Site()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def intranet():
    running = Site("127.0.0.2")
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def renderer():
    names = {"news.example": "127.0.0.1", "intranet.example": "127.0.0.2"}
    fetcher = Fetcher(
        200_000,
        pause_s=0,
        timeout_s=5,
        resolve=lambda host: [names.get(host, host)],
        permitted="127.0.0.1".__eq__,
    )
    with Renderer(fetcher, limit_s=10, settle_s=1) as running:
        yield running


def authors(page) -> list[str]:
    assert not isinstance(page, SourceError), page
    return [comment.author for comment in extract(page).comments]


class TestInABrowser:
    pytestmark = needs_browser

    def test_comments_that_a_script_fills_in_are_read(self, site, renderer):
        address = site.page(
            "fetch('/api/comments', {method: 'POST', body: '{}'})"
            ".then((r) => r.json()).then((all) => all.forEach(add))"
        )
        site.answers["/api/comments"] = (200, {"Content-Type": "application/json"}, "[1, 2, 3]")
        page = renderer.fetch(address)
        assert authors(page) == ["Reader 1", "Reader 2", "Reader 3"]
        assert (page.source, page.url, page.charset) == (address, address, "utf-8")
        assert page.fetched_at is not None
        assert ("POST", "/api/comments") in site.seen

    def test_load_more_is_followed_until_there_is_no_more(self, site, renderer):
        address = site.page(
            "let n = 1; add(1); function more() { if (n < 6) add(++n); }",
            "<button onclick='more()'>Mehr Kommentare anzeigen</button>"
            "<button onclick='add(9)'>Kommentar schreiben</button>",
        )
        assert authors(renderer.fetch(address)) == [f"Reader {n}" for n in range(1, 7)]

    def test_clicks_are_bounded(self, site, renderer):
        renderer.max_clicks = 2
        address = site.page(
            "let n = 1; add(1)", "<a href='#' onclick='add(++n)'>Load more comments</a>"
        )
        assert len(authors(renderer.fetch(address))) == 3

    def test_a_link_that_leads_away_is_not_followed(self, site, renderer):
        site.answers["/next"] = (200, {"Content-Type": HTML}, "<p>elsewhere")
        address = site.page("add(1)", "<a href='/next'>Show all comments</a>")
        assert authors(renderer.fetch(address)) == ["Reader 1"]
        assert "/next" not in site.paths()

    def test_comments_in_frames_and_shadow_trees_are_read(self, site, renderer):
        inner = PAGE.replace("{script}", ADD + "add(1)").replace("{more}", "")
        site.answers["/frame"] = (200, {"Content-Type": HTML}, inner)
        site.answers["/outer"] = (
            200,
            {"Content-Type": HTML},
            """<title>Tram</title><h1>Tram</h1><p>It runs.</p><iframe src='/frame'></iframe>
            <div id=host></div><script>const root = document.getElementById('host')
            .attachShadow({mode: 'open'}); root.innerHTML = '<p class=deep>In the shadow</p>'
            </script>""",
        )
        page = renderer.fetch(f"http://news.example:{site.port}/outer")
        assert b"Number 1 waits for the tram" in page.body
        assert b"In the shadow" in page.body

    def test_nothing_in_a_page_reaches_the_private_network(self, site, intranet, renderer):
        port = intranet.port
        intranet.answers["/secret"] = (200, {"Access-Control-Allow-Origin": "*"}, "secret")
        for path in ("/redirect.js", "/redirect"):
            location = {"Location": f"http://127.0.0.2:{port}/secret"}
            site.answers[path] = (302, location, "")
        ways = [f"http://127.0.0.2:{port}/secret", f"http://intranet.example:{port}/secret"]
        ways += [f"http://2130706434:{port}/secret", "/redirect", "http://[::ffff:7f00:2]/secret"]
        script = f"""
          const ways = {json.dumps(ways)};
          for (const way of ways) {{
            fetch(way).then((r) => r.text()).then((t) => document.body.append("got " + t));
            fetch(way, {{mode: "no-cors", method: "POST", body: "x"}});
            for (const [tag, at] of [["script", "src"], ["img", "src"], ["iframe", "src"],
                ["link", "href"], ["embed", "src"], ["object", "data"], ["video", "src"]]) {{
              const element = document.createElement(tag);
              element[at] = way;
              if (tag === "link") element.rel = "prefetch";
              document.body.append(element);
            }}
            navigator.sendBeacon(way, "x");
            new EventSource(way);
          }}
          new WebSocket("ws://127.0.0.2:{port}/secret");
          new Worker(URL.createObjectURL(new Blob(["fetch('http://127.0.0.2:{port}/secret')"])));
          new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.2:{port}"}}]}})
            .createDataChannel("x");
          window.open("http://127.0.0.2:{port}/secret");
          setTimeout(() => {{ location.href = "http://127.0.0.2:{port}/secret"; }}, 300);
          add(1);
        """
        page = renderer.fetch(site.page(script))
        assert authors(page) == ["Reader 1"]
        assert b"got secret" not in page.body
        assert intranet.seen == []

    def test_robots_txt_counts_for_what_a_page_asks_for(self, site, renderer):
        site.answers["/robots.txt"] = (200, {}, "User-agent: *\nDisallow: /api/")
        address = site.page("add(1); fetch('/api/comments').then(() => add(2))")
        site.answers["/api/comments"] = (200, {}, "x")
        assert authors(renderer.fetch(address)) == ["Reader 1"]
        assert "/api/comments" not in site.paths()

    def test_a_page_that_never_rests_is_given_up(self, site, renderer):
        renderer.limit_s = 2
        started = time.monotonic()
        result = renderer.fetch(site.page("while (true) {}"))
        assert isinstance(result, SourceError)
        assert "given up" in str(result) or "cannot be rendered" in str(result)
        assert time.monotonic() - started < 20

    def test_a_page_that_grows_without_end_is_refused(self, site, renderer):
        script = "document.body.append('x'.repeat(300000))"
        assert "too large for a page" in str(renderer.fetch(site.page(script)))

    def test_what_is_no_html_comes_as_it_was_fetched(self, site, renderer):
        site.answers["/data"] = (200, {"Content-Type": "application/json"}, '{"a": 1}')
        assert renderer.fetch(f"http://news.example:{site.port}/data").body == b'{"a": 1}'


def test_a_missing_browser_is_said_with_what_was_expected(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(SettingsError, match="CHROMIUM is /no/such/browser; expected Chromium"):
        find_browser()
