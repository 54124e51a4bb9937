"""An HTTP server of one test that answers by a function of it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HttpPeer:
    """`answer(method, path, headers)` returns status, body and headers; `asked` holds every `METHOD path`."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self):
                peer.asked.append(f"{self.command} {self.path}")
                status, body, headers = peer.answer(self.command, self.path, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = do_PUT = handle_one

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="http")
        self._thread.start()

    def stop(self):
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
