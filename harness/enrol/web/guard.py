"""Who may talk to the page: the one with the token, from the page itself, under a name that is ours."""

import hmac
import ipaddress
import secrets
import socket
from email.message import Message
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

HEADER = "X-Harness-Token"
ANY = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Guard:
    """Keeps the secrets of one server, and says who may pass.

    Parameters
    ----------
    listen : str
        The address that is listened on.
    port : int
        The port; a `Host` that names another one is not ours.
    """

    def __init__(self, listen: str, port: int) -> None:
        self.token = secrets.token_urlsafe(24)
        self.csrf = secrets.token_urlsafe(24)
        self.cookie_name = f"harness_token_{port}"
        """Browsers keep the ports of a host apart in nothing else than a cookie's name."""
        self._listen, self._port = listen, port
        self._names = {*LOOPBACK, listen.lower()} if listen not in LOOPBACK else set(LOOPBACK)
        if listen not in LOOPBACK:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    def knows_host(self, headers: Message) -> bool:
        """Return whether a request names this server: a page elsewhere that is rebound to us does not."""
        hosts = headers.get_all("Host", [])
        try:
            parts = urlsplit(f"//{hosts[0] if len(hosts) == 1 else ''}")
            name, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.path or (port or 80) != self._port:
            return False
        return name in self._names or (self._listen in ANY and _is_address(name))

    def knows_client(self, headers: Message) -> bool:
        """Return whether a request brings the token, as a cookie or a header."""
        return self.is_token(headers.get(HEADER, "")) or self.is_token(
            _cookie(self.cookie_name, headers.get("Cookie", ""))
        )

    def is_token(self, word: str) -> bool:
        """Compare a word with the token, in the same time whatever it is."""
        return hmac.compare_digest(word.encode(), self.token.encode())

    def may_change(self, headers: Message, csrf: str) -> bool:
        """Return whether a POST comes from our own page: same origin, and the page's own secret."""
        origin = headers.get("Origin", "")
        same = origin.lower() == f"http://{headers.get('Host', '')}".lower()
        return same and hmac.compare_digest(csrf.encode(), self.csrf.encode())

    def cookie(self) -> str:
        """Return the cookie that the token becomes: not for scripts, not for other pages."""
        return f"{self.cookie_name}={self.token}; Path=/; HttpOnly; SameSite=Lax"


def _cookie(name: str, words: str) -> str:
    try:
        found = SimpleCookie(words).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
