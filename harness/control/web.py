"""HTTP to a box on the lab's network: bounded in time and size, never through a proxy, never elsewhere."""

import base64
import hashlib
import http.client
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LONGEST_BODY = 65_536
SCHEMES = ("http", "https")
ALGORITHMS = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a box answered: status and text, its first 64 KiB."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """One box: `http://HOST:PORT` or `https://...`, and who we are there.

    The password is in no message and no `repr`. Redirections are not followed.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Raise ValueError for what is not the address of a box."""
        parts = urlsplit(self.url)
        if parts.scheme not in SCHEMES or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise ValueError(f"{parts.scheme}://{parts.hostname or ''} is not http://HOST or https://HOST")
        if parts.username or parts.password:
            raise ValueError("leave user and password out of the address; they have keys of their own")
        _ = parts.port

    def ask(self, path: str, method: str = "GET") -> Reply:
        """Make one request; logs in where that is asked for. Raises OSError, ValueError for a bad path."""
        if not re.fullmatch(r"/[!-~]{0,2000}", path):
            raise ValueError("a path begins with / and has no spaces")
        reply, challenge = self._once(path, method, "")
        if reply.status == http.client.UNAUTHORIZED and self.user and challenge:
            proof = self._proof(challenge, path, method)
            if proof:
                reply, _ = self._once(path, method, proof)
        return reply

    def _once(self, path: str, method: str, proof: str) -> tuple[Reply, str]:
        """Return the reply, and how to log in if it asks for that."""
        with closing(self._connection()) as connection, _cut_after(connection, self.timeout_s) as cut:
            try:
                connection.request(method, path, headers={"Authorization": proof} if proof else {})
                response = connection.getresponse()
                body = response.read(LONGEST_BODY)
            except (http.client.HTTPException, ValueError, OSError) as error:
                if cut.is_set():
                    raise TimeoutError from error
                if isinstance(error, OSError):
                    raise
                raise OSError(f"its answer is not HTTP ({type(error).__name__})") from error
            if cut.is_set():
                raise TimeoutError
            challenge = response.getheader("WWW-Authenticate") or ""
            return Reply(response.status, body.decode("utf-8", errors="replace")), challenge

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, parts.port, timeout=self.timeout_s, context=context)
        return http.client.HTTPConnection(host, parts.port, timeout=self.timeout_s)

    def _proof(self, challenge: str, path: str, method: str) -> str:
        if challenge.lower().startswith("digest"):
            return self._digest(challenge, path, method)
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return f"Basic {pair}" if challenge.lower().startswith("basic") else ""

    def _digest(self, challenge: str, path: str, method: str) -> str:
        """Return the proof that RFC 7616 asks for, with quality `auth`; empty for an unknown algorithm."""
        asked = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.partition(" ")[2]))
        algorithm = ALGORITHMS.get(asked.get("algorithm", "MD5").upper())
        if algorithm is None:
            return ""

        def digest(*words: str) -> str:
            return algorithm(":".join(words).encode()).hexdigest()

        nonce, count, ours = asked.get("nonce", ""), "00000001", os.urandom(8).hex()
        secret = digest(self.user, asked.get("realm", ""), self.password)
        response = digest(secret, nonce, count, ours, "auth", digest(method, path))
        fields = {"username": self.user, "realm": asked.get("realm", ""), "nonce": nonce, "uri": path}
        quoted = ", ".join(f'{name}="{value}"' for name, value in fields.items())
        return (
            f"Digest {quoted}, algorithm={asked.get('algorithm', 'MD5')}, qop=auth, nc={count},"
            f' cnonce="{ours}", response="{response}"'
        )


@contextmanager
def _cut_after(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Cut a connection that is not done in time: a box that drips bytes would else hold us for hours."""
    cut = threading.Event()

    def end() -> None:
        cut.set()
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()
        timer.join()
