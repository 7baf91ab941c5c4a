"""Pages whose comments a script fills in, read through Chromium (extra ``render``).

The browser has no way to the network: it is told to use a proxy that is not there, and each
request it makes is answered here, by ``Fetcher``, under the same rules as a page's own:
robots.txt, a cap on bytes, no address outside the open internet, redirects included. Images,
fonts and the like are not fetched. One browser is started for each page and ended with it.

"Load more" and "show replies" are followed by clicking, as often as ``MAX_CLICKS`` says.
"""

import asyncio
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx

from moderation.errors import SettingsError, SourceError
from moderation.schema import Page
from moderation.sources.web import Fetcher, too_large

if TYPE_CHECKING:
    from playwright.async_api import Browser, Frame, Playwright, Request, Route
    from playwright.async_api import Page as Tab

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Looked for on the PATH, in this order; ``CHROMIUM`` names another."""
MAX_CLICKS = 30
MAX_REQUESTS = 500
MAX_FRAMES = 50
_WANTED = frozenset({"document", "script", "xhr", "fetch", "other"})
_FORWARDED = frozenset(
    {"accept", "accept-language", "authorization", "content-type", "origin", "referer"}
    | {"x-requested-with", "x-csrf-token"}
)
_ABOUT_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_REFUSED = "aborted"  # other codes would replace the page by an error
_NOWHERE = "http://127.0.0.1:9"  # nothing listens on the discard port
_SCRIPTS = Path(__file__).with_name("render.js").read_text(encoding="utf-8")


@dataclass
class Renderer:
    """Fetches pages as ``Fetcher`` does, then lets their scripts run; a context manager.

    Args:
        fetcher: Fetches the pages and what they ask for; closed at the end.
        limit_s: Seconds a page may take; when they are over, what is there is taken.
        max_clicks: How often "load more" is followed on one page.
        settle_s: Seconds to wait, at most, for a page to become quiet once loaded or clicked.
        executable: The browser; by default ``find_browser()``.
    """

    fetcher: Fetcher
    limit_s: float = 45.0
    max_clicks: int = MAX_CLICKS
    settle_s: float = 3.0
    executable: str = ""

    def __post_init__(self) -> None:
        self.executable = self.executable or find_browser()

    def __enter__(self) -> Self:
        self.fetcher.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self.fetcher.__exit__(*details)

    def fetch(self, address: str) -> Page | SourceError:
        """Fetch and render one page.

        Returns:
            The page as a reader would see it, in UTF-8, frames and shadow trees included; as
            it was fetched if it is no HTML; or why there is none.
        """
        page = self.fetcher.fetch(address)
        if isinstance(page, SourceError) or page.body.lstrip()[:1] != b"<":
            return page
        from playwright.async_api import Error  # noqa: PLC0415 - an extra

        try:
            # In a thread of its own: this one may run an event loop already.
            with ThreadPoolExecutor(1) as thread:
                html = thread.submit(lambda: asyncio.run(_Visit(self, page).html())).result()
        except SourceError as error:
            return error
        except TimeoutError:
            problem = f"was not rendered within {self.limit_s:g} s; given up"
            return SourceError(page.source, problem)
        except Error as error:
            line = error.message.partition("\n")[0]
            return SourceError(page.source, f"cannot be rendered ({line})")
        body = html.encode("utf-8", "replace")
        if len(body) > self.fetcher.max_bytes:
            return too_large(page.source, self.fetcher.max_bytes)
        return replace(page, body=body, charset="utf-8", fetched_at=datetime.now(UTC))


def find_browser() -> str:
    """Return the path of a Chromium.

    Raises:
        SettingsError: playwright or a browser is missing.
    """
    try:
        import playwright  # noqa: F401, PLC0415 - an extra
    except ImportError:
        msg = "--render needs playwright; expected: pip install 'moderation[render]'"
        raise SettingsError(msg) from None
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None or not Path(found).is_file():
        where = f"CHROMIUM is {named}" if named else f"none of {', '.join(BROWSERS)} is on the PATH"
        msg = f"--render needs a browser; {where}; expected Chromium"
        raise SettingsError(msg)
    return found


class _Visit:
    """One page in one browser."""

    def __init__(self, renderer: Renderer, page: Page) -> None:
        self._renderer = renderer
        self._page = page
        self._address = page.url or page.source
        self._arrived = False
        self._requests = 0
        self._bytes = 0

    async def html(self) -> str:
        """Return the rendered page; raises TimeoutError if the browser does not answer."""
        from playwright.async_api import async_playwright  # noqa: PLC0415 - an extra

        limit_s = self._renderer.limit_s
        async with async_playwright() as playwright:
            browser = await self._launch(playwright)
            try:
                # Half as much again, for a page that keeps its own thread busy.
                async with asyncio.timeout(1.5 * limit_s):
                    return await self._read(browser, asyncio.get_running_loop().time() + limit_s)
            finally:
                await browser.close()

    async def _launch(self, playwright: "Playwright") -> "Browser":
        return await playwright.chromium.launch(
            executable_path=self._renderer.executable,
            chromium_sandbox=os.geteuid() != 0 if hasattr(os, "geteuid") else True,
            proxy={"server": _NOWHERE, "bypass": "<-loopback>"},
            args=[
                "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
                "--disable-background-networking",
                "--dns-prefetch-disable",
            ],
        )

    async def _read(self, browser: "Browser", ends_at: float) -> str:
        context = await browser.new_context(
            accept_downloads=False, bypass_csp=True, service_workers="block"
        )
        await context.route("**/*", self._route)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        tab = await context.new_page()
        context.on("page", lambda other: asyncio.ensure_future(other.close()))
        await tab.goto(self._address, wait_until="domcontentloaded")
        await self._settle(tab)
        await self._click_on(tab, ends_at)
        for frame in tab.frames[1:MAX_FRAMES]:
            await _inline(frame)
        shown = str(await tab.evaluate(_call("flatten")))
        if len(shown) > self._renderer.fetcher.max_bytes:
            raise too_large(self._page.source, self._renderer.fetcher.max_bytes)
        return await tab.content()

    async def _click_on(self, tab: "Tab", ends_at: float) -> None:
        """Follow "load more" until there is none, nothing comes, or it is enough."""
        pause_s = self._renderer.fetcher.pause_s
        for _ in range(self._renderer.max_clicks):
            clicked = [await _click(frame) for frame in tab.frames[:MAX_FRAMES]]
            if not any(clicked) or self._bytes > self._renderer.fetcher.max_bytes:
                return
            await self._settle(tab)
            if asyncio.get_running_loop().time() + pause_s > ends_at:
                return
            await asyncio.sleep(pause_s)

    async def _settle(self, tab: "Tab") -> None:
        from playwright.async_api import TimeoutError as Late  # noqa: PLC0415 - an extra

        with suppress(Late):
            await tab.wait_for_load_state("networkidle", timeout=self._renderer.settle_s * 1000)

    async def _route(self, route: "Route", request: "Request") -> None:
        """Answer a request of the browser's; nothing it asks for goes out by another way."""
        top = request.is_navigation_request() and _is_top(request)
        if (
            top
            and not self._arrived
            and request.url.partition("#")[0] == _no_fragment(self._address)
        ):
            self._arrived = True
            kind = f"text/html; charset={self._page.charset}" if self._page.charset else "text/html"
            await route.fulfill(body=self._page.body, content_type=kind)
            return
        self._requests += 1
        refused = top or request.resource_type not in _WANTED or self._requests > MAX_REQUESTS
        if refused or self._bytes > self._renderer.fetcher.max_bytes:
            await route.abort(_REFUSED)
            return
        headers = {name: value for name, value in request.headers.items() if name in _FORWARDED}
        try:
            answer = await asyncio.to_thread(
                self._renderer.fetcher.answer,
                request.method,
                request.url,
                headers,
                request.post_data_buffer or b"",
            )
        except (SourceError, httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            await route.abort(_REFUSED)
            return
        self._bytes += len(answer.body)
        kept = {name: v for name, v in answer.headers.items() if name not in _ABOUT_TRANSFER}
        await route.fulfill(status=answer.status, headers=kept, body=answer.body)


async def _click(frame: "Frame") -> bool:
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    try:
        return bool(await frame.evaluate(_call("click")))
    except Error:
        return False  # a frame that went away


async def _inline(frame: "Frame") -> None:
    """Put what a frame shows behind it, where an extractor can see it."""
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    try:
        shown = await frame.evaluate(_call("flatten"))
        element = await frame.frame_element()
        await element.evaluate("(frame, html) => frame.insertAdjacentHTML('afterend', html)", shown)
    except Error:
        return  # a frame that went away


def _is_top(request: "Request") -> bool:
    from playwright.async_api import Error  # noqa: PLC0415 - an extra

    try:
        return request.frame.parent_frame is None
    except Error:
        return True  # of a window that is only just opening


def _call(name: str) -> str:
    return f"({_SCRIPTS}).{name}()"


def _no_fragment(address: str) -> str:
    return address.partition("#")[0]
