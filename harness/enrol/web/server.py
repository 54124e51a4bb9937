"""Serves the page on this machine: the standard library's server, bounded in all that it reads."""

import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from harness.enrol.found import Found, look
from harness.enrol.pictures import jpeg
from harness.enrol.web.guard import ANY, Guard
from harness.enrol.web.page import render
from harness.enrol.web.session import Session
from harness.errors import InputError

MOST_BODY: Final = 16_384
MOST_FIELDS: Final = 20
MOST_AT_ONCE: Final = 16
READ_S: Final = 10.0
STATIC: Final = {
    "/enrol.css": ("enrol.css", "text/css; charset=utf-8"),
    "/enrol.js": ("enrol.js", "text/javascript; charset=utf-8"),
    "/nothing.svg": ("nothing.svg", "image/svg+xml"),
}
"""All the files there are: no path from the network is looked up anywhere else."""

SAFETY: Final = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
NO_ENTRY: Final = (
    "Open the address that `harness devices add --web` printed: it holds the key to this page.\n"
)


class Server(ThreadingHTTPServer):
    """Listens on one address, and answers so many requests at once; use it in a `with` block.

    Parameters
    ----------
    session : Session
        What the page works on; closed with the server.
    listen : str
        The address to listen on; every client needs the token, on loopback too.
    port : int
        0 takes a free one.
    """

    daemon_threads = True

    def __init__(self, session: Session, listen: str = "127.0.0.1", port: int = 0) -> None:
        self.session = session
        self.address_family = socket.AF_INET6 if ":" in listen else socket.AF_INET
        try:
            super().__init__((listen, port), Handler)
        except OSError as error:
            raise InputError(f"cannot listen on {listen!r}: {error.strerror or error}") from None
        self.guard = Guard(listen, self.server_port)
        self._listen = listen
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)

    @property
    def url(self) -> str:
        """Return the address to open, with the token."""
        name = socket.gethostname() if self._listen in ANY else self._listen
        host = f"[{name}]" if ":" in name else name
        return f"http://{host}:{self.server_port}/?token={self.guard.token}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own; more than so many at once are turned away."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that closes its connection is no error."""

    def server_close(self) -> None:
        """Stop listening, and let go of the device."""
        super().server_close()
        self.session.close()


class Handler(BaseHTTPRequestHandler):
    """One request: first who asks, then what for."""

    server: Server
    server_version = "harness"
    sys_version = ""
    timeout = READ_S

    def do_GET(self) -> None:
        """Answer with the page, its picture, or one of its two files."""
        url = urlsplit(self.path)
        if not self.server.guard.knows_host(self.headers):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name\n")
        elif url.path == "/" and self.server.guard.is_token(dict(parse_qsl(url.query)).get("token", "")):
            self._see_other({"Set-Cookie": self.server.guard.cookie()})
        elif not self.server.guard.knows_client(self.headers):
            self._refuse(HTTPStatus.FORBIDDEN, NO_ENTRY)
        elif url.path == "/":
            self._send(render(self.server.session.view(), self.server.guard.csrf), "text/html; charset=utf-8")
        elif url.path == "/picture.jpg":
            self._picture()
        elif url.path in STATIC:
            self._static(url.path)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page\n")

    def do_POST(self) -> None:
        """Do one action of the page, and send the browser back to it."""
        guard = self.server.guard
        if not guard.knows_host(self.headers):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name\n")
            return
        if not guard.knows_client(self.headers):
            self._refuse(HTTPStatus.FORBIDDEN, NO_ENTRY)
            return
        form = self._form()
        if form is None:
            return
        action = self.path.removeprefix("/do/")
        if not guard.may_change(self.headers, form.pop("csrf", "")):
            self._refuse(HTTPStatus.FORBIDDEN, "this did not come from the page: load the page anew\n")
        elif not self.path.startswith("/do/") or not self.server.session.knows(action):
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such action\n")
        else:
            self.server.session.do(action, form)
            self._see_other({})

    def _form(self) -> dict[str, str] | None:
        """Return the fields that were sent; None once their size or kind was refused."""
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not (length.isascii() and length.isdecimal()) or self.headers.get("Transfer-Encoding"):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "say how long the form is\n")
        elif int(length) > MOST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a form has {MOST_BODY} bytes at most\n")
        elif kind != "application/x-www-form-urlencoded":
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send a form\n")
        else:
            body = self.rfile.read(int(length)).decode("utf-8", "replace")
            try:
                return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
            except ValueError:
                self._refuse(HTTPStatus.BAD_REQUEST, f"a form has {MOST_FIELDS} fields at most\n")
        return None

    def _picture(self) -> None:
        frame = self.server.session.picture()
        if frame is None:
            self._static("/nothing.svg")
        else:
            self._send(jpeg(frame), "image/jpeg")

    def _static(self, path: str) -> None:
        name, kind = STATIC[path]
        self._send(resources.files(__package__).joinpath("static", name).read_bytes(), kind)

    def _see_other(self, headers: dict[str, str]) -> None:
        self.send_response(HTTPStatus.SEE_OTHER)
        self._headers({"Location": "/", "Content-Length": "0"} | headers)

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        self.close_connection = True
        self.send_response(status)
        self._headers({"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(words))})
        self.wfile.write(words.encode())

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self._headers({"Content-Type": kind, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _headers(self, headers: dict[str, str]) -> None:
        for name, value in (SAFETY | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write no log: the terminal belongs to the technician."""


def serve(
    folder: Path,
    listen: str,
    device: Path | str,
    tell: Callable[[str], None],
    finder: Callable[[], Found] = look,
) -> None:
    """Serve the page until Ctrl-C; `tell` is given its address. Raises InputError, KeyboardInterrupt.

    `device` is the file of one that is changed, or the short name of a new one.
    """
    session = Session(folder, device if isinstance(device, Path) else None, finder)
    if not isinstance(device, Path):
        session.draft.id = device
    with Server(session, listen) as server:
        session.start()
        tell(server.url)
        server.serve_forever(poll_interval=0.2)
