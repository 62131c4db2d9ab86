"""A server on loopback that answers what a test wants, right or wrong."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace


class Answering:
    """``answer`` takes what was asked and gives a body, or status, headers and body."""

    def __init__(self, tls=None):
        self.asked = []
        self.answer = self.result(None)
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # connections that break are meant to
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"{'https' if tls else 'http'}://localhost:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    @staticmethod
    def result(result=None, error=None):
        """An answer as Kallithea gives it."""
        return lambda asked: {"id": asked.json["id"], "result": result, "error": error}

    def methods(self, **results):
        """Answer each method with a result of its own, and others as unknown."""

        def answer(asked):
            method = asked.json["method"]
            if method in results:
                return self.result(results[method])(asked)
            return self.result(error=f"No such method: {method}")(asked)

        self.answer = answer

    @property
    def last(self):
        return self.asked[-1]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(server):  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = SimpleNamespace(
                    path=self.path,
                    headers=self.headers,
                    body=body,
                    json=json.loads(body),
                    peer=self.client_address,
                )
                server.asked.append(asked)
                answer = server.answer(asked)
                if not isinstance(answer, tuple):
                    answer = (200, {"Content-Type": "application/json"}, answer)
                status, headers, body = answer
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": len(body)}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self):
                server.asked.append(SimpleNamespace(path=self.path, headers=self.headers))
                self.send_error(403)

            def log_message(self, *_):
                pass

        return Handler
