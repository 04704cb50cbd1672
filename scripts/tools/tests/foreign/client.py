"""A correct client for the wire of the lab, v01 to v06, that shares no line with the lab. `client_faults.py` starts it."""

import base64
import hashlib
import http.client
import json
import re
import secrets
import socket
import threading
import time
from urllib.parse import quote_plus, urlencode

from wire import FORM, POLICY, Answer, escape, redirect

CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"
TEXTS = {"access_denied": "You said no.", "invalid_request": "The server did not understand us."}
NO_TRACE = [("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store")]
GRACE = 10


def page(status, text, more="", headers=()):
    body = f"<!doctype html><html lang=en><title>Client</title><h1>{text}</h1>{more}<p><a href=\"/\">Home</a></html>"
    return Answer(status, body, headers=[POLICY, *NO_TRACE, *headers])


def go(url, headers=()):
    return redirect(url, [POLICY, *NO_TRACE, *headers])


def printable(value):
    return isinstance(value, str) and re.fullmatch("[ -~]+", value) is not None


class Row:
    """A flow that waits for its answer, and the outcome once it has come."""

    def __init__(self, browser, verifier):
        self.browser, self.verifier, self.until = browser, verifier, time.time() + 600
        self.lock, self.answered, self.code, self.outcome, self.gone = threading.Lock(), None, None, None, False


class Login:
    """The tokens of one browser."""

    def __init__(self, response):
        self.lock, self.ended = threading.Lock(), False
        self.refresh_token, self.used = None, None
        self.take(response)

    def take(self, response):
        self.access_token = response["access_token"]
        seconds = response.get("expires_in")
        self.until = None if seconds is None else time.monotonic() + seconds
        if printable(response.get("refresh_token")):
            self.used, self.refresh_token = self.refresh_token, response["refresh_token"]

    def has_expired(self):
        return self.until is not None and time.monotonic() >= self.until


class Client:
    level = 6
    cookie_attributes = "HttpOnly; SameSite=Lax; Path=/"
    after_login = "/"

    def __init__(self, server_port):
        self.server_port, self.lock = server_port, threading.RLock()
        self.sessions, self.replaced, self.pending, self.logins = {}, {}, {}, {}

    # doors

    def routes(self):
        routes = {"/": ("GET", self.home), "/start": ("GET", self.start), "/callback": ("GET", self.callback)}
        if self.level >= 4:
            routes["/logout"] = ("POST", self.logout)
        if self.level >= 5:
            routes["/profile"] = ("GET", self.profile)
        if self.level >= 6:
            routes["/refresh"] = ("POST", self.refresh)
        return routes

    def answer(self, request):
        if len(request.raw_query) > 8192:
            return page(414, "The query is too long.")
        if request.path not in self.routes():
            return page(404, "There is nothing here.")
        method, handler = self.routes()[request.path]
        if request.method != method:
            return page(405, "Another method", headers=[("Allow", method)])
        if method == "POST" and not self.is_own(request):
            return page(403, "This form is not from our page.")
        return handler(request)

    def is_own(self, request):
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        if origin == "null":  # A page that hides its address; the browser says whose it is.
            return site == "same-origin"
        return origin == self.base if origin else site in (None, "same-origin", "none")

    # sessions: an id and a browser key. A replaced id finds its old values for ten seconds.

    def session_of(self, request):
        key = request.cookie("lab_client")
        with self.lock:
            if key in self.sessions:
                return self.sessions[key]
            browser, until = self.replaced.get(key, (None, 0))
            return browser if time.time() < until else None

    def new_session(self, browser):
        key = secrets.token_urlsafe(32)
        self.sessions[key] = browser
        return [("Set-Cookie", f"lab_client={key}; {self.cookie_attributes}")]

    def renew(self, request, browser):
        with self.lock:
            key = request.cookie("lab_client")
            before = self.sessions.pop(key, None)
            if before is not None:
                self.replaced[key] = (before, time.time() + GRACE)
            return self.new_session(browser)

    # the flow

    def start(self, request):
        try:
            socket.create_connection(("localhost", self.server_port), timeout=2).close()
        except OSError:
            return page(503, "The server is not running. Start it.")
        browser, headers = self.session_of(request), []
        if browser is None:
            browser = secrets.token_urlsafe(32)
            headers = self.new_session(browser)
        verifier, state = secrets.token_urlsafe(32), self.new_state()
        self.pending[state] = Row(browser, verifier)
        params = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": self.base + "/callback"}
        if self.level >= 2:
            params["state"] = state
        if self.level >= 3:
            params.update(self.challenge_of(verifier))
        return go(f"http://localhost:{self.server_port}/authorize?{urlencode(params)}", headers)

    def new_state(self):
        return secrets.token_urlsafe(32)

    def challenge_of(self, verifier):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return {"code_challenge": challenge, "code_challenge_method": "S256"}

    def refuse(self, text):
        return page(400, text)

    def callback(self, request):
        params = request.query
        if params.repeated or params.dirty:
            return self.refuse("A parameter is repeated or no text.")
        code, browser = params.get("code"), self.session_of(request)
        row = self.take(params.get("state"), browser, code) if self.level >= 2 else Row(None, None)
        if row is None:
            return self.refuse("This is not the answer to anything that this browser asked.")
        if params.get("error"):
            text = TEXTS.get(params.get("error"), "The server refused.")
            return self.refuse(text + " " + self.shown(params.get("error")))
        if code is None:
            return self.refuse("There is no code.")
        if self.level < 4:
            headers = self.renew(request, secrets.token_urlsafe(32)) if self.level >= 2 else []
            return page(200, f"The code is {escape(code)}", headers=headers)
        outcome = self.exchange(row, code)
        if isinstance(outcome, Answer):
            return outcome
        # Who comes again with the new cookie has the new session already.
        return go(self.after_login, [] if browser == outcome else self.renew(request, outcome))

    def shown(self, text):
        return escape(text)

    def take(self, state, browser, code):
        """The flow of this answer. It is marked and not removed: the same answer may come again."""
        with self.lock:
            row = self.pending.get(state)
            if row is None or browser is None or row.until < time.time():
                return None
            if row.answered is None:
                if row.browser != browser:
                    return None
                row.answered, row.code = time.time(), code
                return row
            return row if self.is_again(row, browser, code) else None

    def is_again(self, row, browser, code):
        ours = browser in (row.browser, row.outcome)
        return self.level >= 4 and ours and code == row.code and time.time() < row.answered + GRACE

    def exchange(self, row, code):
        with row.lock:
            if row.outcome is None:
                row.outcome = self.log_in(row, code)
            return row.outcome

    def log_in(self, row, code):
        status, response = self.redeem(code, row.verifier)
        wrong = self.wrong_with(status, response)
        if wrong:
            return self.bad_gateway(wrong)
        with self.lock:
            if row.gone:
                return self.refuse("You have logged out in the meantime.")
            self.logins.pop(row.browser, None)
            browser = self.new_browser_key(row)
            self.logins[browser] = Login(response)
            return browser

    def new_browser_key(self, row):
        return secrets.token_urlsafe(32)

    def bad_gateway(self, why):
        return page(502, f"The server: {escape(why)}")

    def logout(self, request):
        browser = self.session_of(request)
        with self.lock:
            for state, row in list(self.pending.items()):
                if browser is not None and browser in (row.browser, row.outcome):
                    row.gone = True
                    del self.pending[state]
            self.logins.pop(browser, None)
            self.sessions.pop(request.cookie("lab_client"), None)
        return go("/", [("Set-Cookie", "lab_client=; Path=/; Max-Age=0"), ("Clear-Site-Data", '"cache"')])

    # the back channel

    def redeem(self, code, verifier):
        return self.ask({"grant_type": "authorization_code", "code": code, "redirect_uri": self.base + "/callback", "code_verifier": verifier})

    def ask(self, form):
        basic = base64.b64encode(f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}".encode()).decode()
        status, headers, body = self.send("POST", "/token", urlencode(form), {"Content-Type": FORM, "Authorization": "Basic " + basic})
        try:
            response = json.loads(body)
            return status, response if isinstance(response, dict) else {"nonsense": "a list or the like"}
        except ValueError:
            return status, {"nonsense": f"no JSON but {headers.get('Content-Type')}"}

    def send(self, method, path, body, headers):
        connection = http.client.HTTPConnection("localhost", self.server_port, timeout=10)
        try:
            connection.request(method, path, body, {"Accept": "application/json", "Accept-Encoding": "identity", **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b"nobody"
        finally:
            connection.close()

    def wrong_with(self, status, response):
        if status in (400, 401) and printable(response.get("error")):
            return "it refused: " + response["error"]
        if status != 200:
            return f"its status is {status}" if status else "no answer"
        if "nonsense" in response:
            return response["nonsense"]
        if not printable(response.get("access_token")):
            return "access_token is missing or no text"
        if str(response.get("token_type")).lower() != "bearer":
            return "token_type is not Bearer"
        seconds = response.get("expires_in", 0)
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or seconds < 0:
            return "expires_in is no number of seconds"
        return None

    # what comes of it

    def home(self, request):
        login = self.logins.get(self.session_of(request))
        start = "<p><a href=/start>Start authorization</a>"
        if login is None:
            return page(200, "Client", "<p>Nobody" + start)
        if login.ended:
            return page(200, "Client", "<p>Your login has ended." + start)
        body = f"<pre>{escape(json.dumps(self.claims_of(login.access_token)))}</pre>"
        return page(200, "Client", f"{body}<form method=post action=/logout><button>Log out</button></form>{start}")

    def claims_of(self, token):
        try:
            return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        except (ValueError, IndexError):
            return "opaque"

    def profile(self, request):
        login = self.logins.get(self.session_of(request))
        if login is None or login.ended:
            return go("/")
        token = login.access_token
        if login.has_expired() and login.refresh_token:
            trouble = self.renew_tokens(login, token)
            if trouble:
                return trouble
            token = login.access_token
        status, headers, body = self.call_api(token)
        if self.is_refused(status) and login.refresh_token:
            trouble = self.renew_tokens(login, token)
            if trouble:
                return trouble
            status, headers, body = self.call_api(login.access_token)
        return self.show_profile(status, headers, body)

    def is_refused(self, status):
        return status == 401

    def call_api(self, token):
        return self.send("GET", "/api/me", None, {"Authorization": "Bearer " + token})

    def show_profile(self, status, headers, body):
        try:
            me = json.loads(body)
        except ValueError:
            me = None
        if status == 200 and isinstance(me, dict) and me.get("username"):
            return page(200, "You are " + escape(str(me.get("username"))))
        challenges = "".join(f"<p>{escape(challenge)}" for challenge in self.challenges(headers))
        more = challenges + ("<p><a href=/start>Log in again</a>" if status == 401 else "<p>Try again in a moment.")
        return page(502, f"The API answered {status}", more)

    def challenges(self, headers):
        return headers.get_all("WWW-Authenticate", []) if headers else []

    def refresh(self, request):
        login = self.logins.get(self.session_of(request))
        if login and not login.ended and login.refresh_token:
            trouble = self.renew_tokens(login, login.access_token)
            if trouble:
                return trouble
        return go("/")

    def renew_tokens(self, login, stale):
        """One at a time; who waited finds new tokens. The answer, if it is no success."""
        with login.lock:
            if login.access_token != stale:
                return None
            if login.ended:
                return go("/")
            status, response = self.ask({"grant_type": "refresh_token", "refresh_token": login.refresh_token})
            if status == 400 and response.get("error") == "invalid_grant":
                login.ended = True
                return go("/")
            wrong = self.wrong_with(status, response)
            if wrong:
                return self.bad_gateway(wrong)
            login.take(response)
            return None
