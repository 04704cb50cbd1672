"""An authorization server in one file, with Python's standard library alone: with state and PKCE."""

import hmac
import os
import re
import secrets
import threading
import time
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

PORT = int(os.environ.get("PORT", "5400"))
CLIENT = os.environ.get("CLIENT_APP_URL", "http://localhost:5001")

USERS = {"user0": "password0", "user1": "password1"}
CLIENTS = {
    "demo-client": {"redirect_uris": [CLIENT + "/callback"]},
    "demo-other": {"redirect_uris": ["http://127.0.0.1:5666/callback", CLIENT + "/callback?from=other"]},
}

# What the server remembers: tables of rows, each with its end. Many threads use them, one at a time.
SESSIONS = {}
CODES = {}
LOCK = threading.RLock()
MOST = 10_000


def remember(table, key, row, seconds):
    """Keeps a row for a while. When the table is full, the oldest row goes."""
    with LOCK:
        table[key] = row | {"expires_at": time.time() + seconds}
        while len(table) > MOST:
            del table[next(iter(table))]


def recall(table, key):
    """The row of that key, unless it has expired."""
    with LOCK:
        row = table.get(key)
        return row if row and row["expires_at"] > time.time() else None


def same(a, b):
    """Compares secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(a.encode(), b.encode())


def parse(text):
    """The parameters of a query or a form, and the names that came twice (RFC 6749 §3.1)."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        return {}, {"all of them"}
    names = [name for name, _ in pairs]
    # An empty value counts as absent.
    return {name: value for name, value in pairs if value}, {n for n in names if names.count(n) > 1}


def with_query(address, answer):
    """Adds parameters to an address, which keeps the query that it has (RFC 6749 §3.1.2)."""
    return address + ("&" if "?" in address else "?") + urlencode(answer, quote_via=quote)


class Server(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/authorize":
            return self.authorize(url.query)
        self.page(404, "There is nothing here.")

    def do_POST(self):
        url = urlsplit(self.path)
        body = self.body()
        if body is None:
            return self.page(413, "The form is too large.")
        if url.path == "/authorize":
            return self.log_in(url.query, body)
        self.page(404, "There is nothing here.")

    def authorize(self, query):
        """The client's request comes in, the user's answer goes out (RFC 6749 §4.1.1, §4.1.2)."""
        given, repeated = parse(query)

        # Who asks, and where may the answer go? Until both are known, nobody is sent anywhere.
        client_id = given.get("client_id")
        if client_id not in CLIENTS or "client_id" in repeated:
            return self.page(400, "No client is registered with this client_id.")
        registered = CLIENTS[client_id]["redirect_uris"]
        if "redirect_uri" not in given and len(registered) == 1:
            given["redirect_uri"] = registered[0]
        redirect_uri = given.get("redirect_uri")
        if redirect_uri not in registered or "redirect_uri" in repeated:
            return self.page(400, "This redirect_uri is not registered for this client.")

        # From here on, the client hears of its mistakes at its own address.
        def answer(**answer):
            # What the client sent along goes back as it came. What it means is the client's business.
            if "state" in given and "state" not in repeated:
                answer["state"] = given["state"]
            self.redirect(with_query(redirect_uri, answer))

        if repeated:
            return answer(error="invalid_request", error_description="A parameter came twice.")
        if "response_type" not in given:
            return answer(error="invalid_request", error_description="response_type is missing.")
        if given["response_type"] != "code":
            return answer(error="unsupported_response_type")

        # A SHA-256 hash is 43 characters in base64url. Without a method it would be plain, which hides nothing.
        challenge = given.get("code_challenge", "")
        if given.get("code_challenge_method") != "S256" or not re.fullmatch("[A-Za-z0-9_-]{43}", challenge):
            return answer(error="invalid_request", error_description="A code_challenge by S256 is required.")

        # Only the user can say yes, so we have to know the user.
        session = recall(SESSIONS, self.session())
        if session is None:
            return self.login_page(200)
        code = secrets.token_urlsafe(32)
        row = {"client_id": client_id, "redirect_uri": redirect_uri, "user": session["user"]}
        row["code_challenge"] = challenge
        remember(CODES, code, row, seconds=300)
        answer(code=code)

    def log_in(self, query, body):
        """The login form comes back to the address that it stands on."""
        form, _ = parse(body)
        user = form.get("username")
        if not same(USERS.get(user, ""), form.get("password", "")) or user not in USERS:
            return self.login_page(401)
        session = secrets.token_urlsafe(32)
        remember(SESSIONS, session, {"user": user}, seconds=3600)
        # 303: the browser goes on with GET, and leaves the password behind (RFC 9700 §4.12).
        cookie = f"my_session={session}; Path=/; HttpOnly; SameSite=Lax"
        self.redirect("/authorize?" + query, cookie)

    def session(self):
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("my_session")
        except CookieError:
            return None
        return cookie.value if cookie else None

    def body(self):
        """The form in the body, or nothing if it is too large."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > 65536:
            return None
        return self.rfile.read(int(length)).decode("latin-1")

    def login_page(self, status):
        self.page(status, "Log in", """<form method="post"><label>Username <input name="username"></label>
            <label>Password <input name="password" type="password"></label><button>Log in</button></form>""")

    def page(self, status, what, more=""):
        """A page of fixed words: nothing that a stranger sent is ever shown."""
        headers = {"Content-Type": "text/html; charset=utf-8"}
        self.send(status, headers, f"<!doctype html><title>{what}</title><h1>{what}</h1>{more}")

    def redirect(self, to, cookie=None):
        self.send(303, {"Location": to} | ({"Set-Cookie": cookie} if cookie else {}))

    def send(self, status, headers, text=""):
        body = text.encode()
        # No answer is kept, and no page tells its address to another site (RFC 9700 §4.2.4).
        always = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Content-Length": len(body)}
        self.send_response(status)
        for name, value in (headers | always).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):
        """Only the path is logged: what is in a query may be a secret."""
        self.log_message("%s %s %s", self.command, urlsplit(self.path).path, code)


if __name__ == "__main__":
    print(f"http://localhost:{PORT}", flush=True)
    ThreadingHTTPServer(("localhost", PORT), Server).serve_forever()
