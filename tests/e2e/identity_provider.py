"""A small OpenID Connect provider on the loopback, to sign in with for real.

Authorization code flow with PKCE, RS256 and ``client_secret_basic`` or ``_post``, as OpenID
Connect Core 1.0 and RFC 7636 have it. Whoever types an address into its form is that person.
"""

import base64
import hashlib
import html
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT = "the-desk"
SECRET = "a-secret-of-provider-and-desk"  # noqa: S105 - of this provider alone
VALID_S = 300


@dataclass
class Provider:
    """The provider; ``redirect`` is the one address it sends people back to."""

    url: str
    redirect: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    granted: dict[str, dict[str, str]] = field(default_factory=dict)
    """Code -> what was asked for, and by whom."""

    @property
    def metadata_url(self) -> str:
        return f"{self.url}/.well-known/openid-configuration"

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/authorize", self._form, methods=["GET"]),
                Route("/authorize", self._grant, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def _metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False) | {"alg": "RS256"}]})

    def _form(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") != self.redirect:
            return Response("unknown client or address", 400)
        return HTMLResponse(
            f'<form method="post" action="/authorize?{html.escape(urlencode(asked))}">'
            '<label>Address <input name="email"></label>'
            '<label><input type="checkbox" name="unverified"> not verified</label>'
            "<button>Go on</button></form>"
        )

    async def _grant(self, request: Request) -> Response:
        asked, form = request.query_params, await request.form()
        code = secrets.token_urlsafe()
        self.granted[code] = dict(asked) | {key: str(value) for key, value in form.items()}
        answer = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{self.redirect}?{answer}", 303)

    async def _token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        grant = self.granted.pop(form.get("code", ""), None)
        if grant is None or not (self._is_client(request, form) and _is_proof(form, grant)):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": hashlib.sha256(grant["email"].encode()).hexdigest(),
            "aud": CLIENT,
            "iat": now,
            "exp": now + VALID_S,
            "nonce": grant["nonce"],
            "email": grant["email"],
            "email_verified": "unverified" not in grant,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(),
                "token_type": "Bearer",
                "expires_in": VALID_S,
                "id_token": token,
            }
        )

    @staticmethod
    def _is_client(request: Request, form: dict[str, str]) -> bool:
        scheme, _, said = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return base64.b64decode(said).decode() == f"{CLIENT}:{SECRET}"
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)


def _is_proof(form: dict[str, str], grant: dict[str, str]) -> bool:
    """Tell whether whoever redeems the code is who asked for it (RFC 7636)."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == grant["code_challenge"]


@contextmanager
def provide() -> Iterator[Provider]:
    """Run a provider on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(provider.app(), log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
