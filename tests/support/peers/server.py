"""A TCP server of one test: a thread that serves one connection after the other, and ends with it."""

import contextlib
import socket
import threading


class OneAtATime:
    """Calls `serve(connection)` for each client; `stop` cuts the line."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopping = False
        self._connection = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__)
        self._thread.start()

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self._lock:
                self._connection = connection
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    if not self.stopping:
                        self.serve(connection)
                except OSError:
                    pass
            with self._lock:
                self._connection = None

    def hang_up(self):
        """Cut the present connection, and go on listening."""
        with self._lock:
            if self._connection is not None:
                self._connection.shutdown(socket.SHUT_RDWR)

    def stop(self):
        self.stopping = True
        # Closing alone does not wake a thread that waits in accept.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with contextlib.suppress(OSError):
            self.hang_up()
        self._thread.join()
