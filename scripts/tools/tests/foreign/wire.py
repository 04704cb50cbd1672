"""HTTP for the foreign server and client: Python's standard library and nothing else."""

import html
import os
import socketserver
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FORM = "application/x-www-form-urlencoded"
NO_STORE = [("Cache-Control", "no-store"), ("Pragma", "no-cache")]
POLICY = ("Content-Security-Policy", "default-src 'none'; style-src 'self'")


class Answer(Exception):
    """An answer. It can be raised: a refusal ends whatever is going on."""

    def __init__(self, status, body="", kind="text/html; charset=utf-8", headers=()):
        self.status, self.body, self.kind, self.headers = status, body, kind, list(headers)


def page(status, text, headers=()):
    body = f"<!doctype html><html lang=en><title>{status}</title><h1>{text}</h1><a href=\"/\">Home</a></html>"
    return Answer(status, body, headers=[POLICY, *headers])


def redirect(url, headers=(), status=303):
    return Answer(status, headers=[("Location", url), *headers])


def escape(text):
    return html.escape(text or "", quote=True)


class Params:
    """Raw pairs: a name that is repeated, or bytes that are no printable text, are remembered, not repaired."""

    def __init__(self, raw):
        self.values, self.repeated, self.dirty, seen = {}, set(), set(), set()
        for pair in filter(None, raw.split(b"&")):
            name, _, value = (urllib.parse.unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.partition(b"="))
            name = name.decode("utf-8", "replace")
            try:
                text = value.decode("utf-8")
            except UnicodeDecodeError:
                text = "\x00"
            if any(ord(char) < 32 or ord(char) == 127 for char in text):
                self.dirty.add(name)
            elif name in seen:
                self.repeated.add(name)
            elif text:
                self.values[name] = text
            seen.add(name)

    def get(self, name):
        return self.values.get(name)

    def bad(self, *names):
        return next((name for name in names if name in self.repeated | self.dirty), None)


class Request:
    def __init__(self, handler):
        self.method, self.version = handler.command, handler.request_version
        path, _, query = handler.path.partition("?")
        self.path, self.raw_query = path, query.encode("latin-1", "replace")
        self.query, self.headers = Params(self.raw_query), handler.headers
        length = self.headers.get("Content-Length", "")
        self.body = handler.rfile.read(min(int(length), 1 << 20)) if length.isdigit() else b""

    def cookie(self, name):
        pairs = (part.strip().partition("=") for part in self.headers.get("Cookie", "").split(";"))
        return next((value for key, _, value in pairs if key == name), None)

    def is_form(self):
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower() == FORM

    def form(self):
        return Params(self.body)


class Altered:
    """A request with another body."""

    def __init__(self, request, body):
        self.__dict__.update(request.__dict__)
        self.body = body
        self.cookie, self.is_form, self.form = request.cookie, request.is_form, lambda: Params(body)


def serve(answer, port=0):
    """Serves until standard input ends, so that nothing is left behind when the test is killed."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            try:
                result = answer(Request(self))
            except Answer as refusal:
                result = refusal
            if not isinstance(result, Answer):  # Not even HTTP: bytes, or silence.
                self.wfile.write(result or b"")
                self.close_connection = True
                return
            body = result.body.encode()
            self.send_response(result.status)
            for name, value in [("Content-Type", result.kind), ("Content-Length", len(body)), *result.headers]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        do_GET = do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

        def server_bind(self):
            # Without the look-up of the host's name, which takes seconds on some machines.
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = self.server_address[:2]

        def handle_error(self, request, client_address):
            # Somebody hung up: a check may do that. Everything else is a fault of ours.
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    os._exit(0)
