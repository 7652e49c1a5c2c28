"""An OpenID Connect provider on the loopback: discovery, keys, codes with PKCE, signed tokens.

It tells the truth unless it is told to lie: `claims` change what a token says, `lie` changes how
the provider behaves.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

OURS = rsa.generate_private_key(65537, 2048)
STRANGERS = rsa.generate_private_key(65537, 2048)


class Provider:
    """What one provider knows: its client, what it is to say, and the codes it has given out."""

    def __init__(self, address: str) -> None:
        self.issuer = address
        self.client, self.secret = "commonwell", "s3cret of the client"
        self.claims: dict[str, Any] = {}
        self.lie = ""
        self.codes: dict[str, dict[str, str]] = {}

    def discovery(self) -> dict[str, Any]:
        elsewhere = "https://login.microsoft.example" if self.lie == "issuer" else self.issuer
        return {
            "issuer": elsewhere,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key()))
        return {"keys": [key | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def authorise(self, asked: dict[str, str]) -> str:
        """Whoever asks is signed in; the address to send the browser to."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str]) -> dict[str, Any] | None:
        """A token for a code that was given out once to this client, with the right verifier."""
        asked = self.codes.pop(given.get("code", ""), None)
        if asked is None or (given.get("client_id"), given.get("client_secret")) != (
            self.client,
            self.secret,
        ):
            return None
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked["code_challenge"] != challenge or asked["redirect_uri"] != given["redirect_uri"]:
            return None
        answer = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300}
        return answer if self.lie == "no token" else answer | {"id_token": self.signed(asked)}

    def signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "42",
            "aud": self.client,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            "email_verified": True,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.lie == "unsigned":
            return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})
        if self.lie == "shared key":
            public = json.dumps(self.keys()["keys"][0])
            return jwt.encode(claims, public, algorithm="HS256", headers={"kid": "k1"})
        key = STRANGERS if self.lie == "key" else OURS
        kid = "k2" if self.lie == "kid" else "k1"
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, format: str, *args: Any) -> None:
        return

    def _answer(self, content: Any, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        pages = {
            "/.well-known/openid-configuration": self.provider.discovery,
            "/keys": self.provider.keys,
            # It would say anything; nobody may believe what is not signed.
            "/userinfo": lambda: {"sub": "42", "email_verified": True} | self.provider.claims,
        }
        if self.provider.lie == "redirect" and parts.path == "/keys":
            self.send_response(302)
            self.send_header("Location", "/keys2")
            self.end_headers()
        elif self.provider.lie == "flood" and parts.path == "/keys":
            self._answer({"keys": ["x" * 1000] * 1000})
        elif parts.path == "/authorize":
            asked = {name: value[0] for name, value in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorise(asked))
            self.end_headers()
        else:
            self._answer(pages[parts.path]() if parts.path in pages else {}, 200)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: value[0] for name, value in parse_qs(body).items()}
        token = self.provider.token(given)
        self._answer(token or {"error": "invalid_grant"}, 200 if token else 400)


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": provider})
    often = {"poll_interval": 0.01}  # how soon it ends
    thread = threading.Thread(target=server.serve_forever, kwargs=often, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
