"""The first try at v01. It works, and it is full of holes: do not build on it."""

import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

USERS = {"user0": "password0", "user1": "password1"}
CLIENTS = {
    "demo-client": ["http://localhost:5001/callback"],
    "demo-other": ["http://127.0.0.1:5666/callback", "http://localhost:5001/callback?from=other"],
}
SESSIONS = {}
CODES = {}


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        query = urlsplit(self.path).query
        given = dict(parse_qsl(query))
        registered = CLIENTS.get(given.get("client_id"), [])
        redirect_uri = given.get("redirect_uri", "")

        if not any(redirect_uri.startswith(uri) for uri in registered):
            return self.redirect(redirect_uri + "?error=invalid_request")

        user = SESSIONS.get(self.session())
        if user is None:
            return self.login_form()
        code = secrets.token_urlsafe(32)
        CODES[code] = {"client_id": given["client_id"], "user": user}
        self.redirect(redirect_uri + "?" + urlencode({"code": code}))

    def do_POST(self):
        given = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if USERS.get(given.get("username")) != given.get("password"):
            return self.login_form()
        session = secrets.token_urlsafe(32)
        SESSIONS[session] = given["username"]
        # The form was posted to the address that it stands on: go there again, now with a session.
        self.redirect(self.path, f"session={session}")

    def session(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return cookie.value if cookie else None

    def login_form(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"""<form method="post"><input name="username">
            <input name="password" type="password"><button>Log in</button></form>""")

    def redirect(self, to, cookie=None):
        self.send_response(302)
        self.send_header("Location", to)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()


ThreadingHTTPServer(("localhost", 5400), Server).serve_forever()
