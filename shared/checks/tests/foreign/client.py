"""A correct client for the wire of the lab, v01 to v04, that shares no line with the lab, and wrong ones.

`python3 client.py NAME SERVER_PORT [PORT]` starts one; `client` has no fault.
"""

import base64
import hashlib
import http.client
import json
import re
import secrets
import socket
import sys
import threading
import time
from urllib.parse import urlencode

import wire
from wire import FORM, POLICY, Answer, escape, page, redirect

CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-secret"
TEXTS = {"access_denied": "You said no.", "invalid_request": "The server did not understand us."}
NO_TRACE = [POLICY, ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store")]


class Client:
    level = 4
    cookie_attributes = "HttpOnly; SameSite=Lax; Path=/"

    def __init__(self, server_port):
        self.server_port, self.lock = server_port, threading.Lock()
        self.sessions, self.pending = {}, {}

    def answer(self, request):
        if len(request.raw_query) > 8192:
            return page(414, "The query is too long.")
        routes = {"/": self.home, "/start": self.start, "/callback": self.callback}
        if request.path not in routes:
            return page(404, "There is nothing here.")
        if request.method != "GET":
            return page(405, "Another method", [("Allow", "GET")])
        return routes[request.path](request)

    def session_of(self, request):
        return self.sessions.get(request.cookie("lab_client"))

    def home(self, request):
        session = self.session_of(request) or {}
        body = escape(json.dumps(session.get("claims"))) if "claims" in session else "Nobody"
        return Answer(200, f"<html lang=en><h1>Client</h1><p>{body}</p><a href=/start>Start authorization</a>", headers=[POLICY])

    def new_session(self, session):
        key = secrets.token_urlsafe(32)
        self.sessions[key] = session
        return [("Set-Cookie", f"lab_client={key}; {self.cookie_attributes}")]

    def start(self, request):
        try:
            socket.create_connection(("localhost", self.server_port), timeout=2).close()
        except OSError:
            return page(503, "The server is not running. Start it.")
        session, headers = self.session_of(request), []
        if session is None:
            session = {"browser": secrets.token_urlsafe(32)}
            headers = self.new_session(session)
        verifier, state = secrets.token_urlsafe(32), self.new_state()
        self.pending[state] = (session["browser"], verifier, time.time() + 600)
        params = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": self.base + "/callback"}
        if self.level >= 2:
            params["state"] = state
        if self.level >= 3:
            params.update(self.challenge_of(verifier))
        return redirect(f"http://localhost:{self.server_port}/authorize?{urlencode(params)}", headers)

    def new_state(self):
        return secrets.token_urlsafe(32)

    def challenge_of(self, verifier):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return {"code_challenge": challenge, "code_challenge_method": "S256"}

    def refuse(self, text):
        return Answer(400, f"<html lang=en><h1>{text}</h1>", headers=NO_TRACE)

    def callback(self, request):
        params = request.query
        if params.repeated or params.dirty:
            return self.refuse("A parameter is repeated or no text.")
        session = self.session_of(request)
        row = self.take(params.get("state"), session) if self.level >= 2 else ("", "", 0)
        if row is None:
            return self.refuse("This is not the answer to anything that this browser asked.")
        if params.get("error"):
            text = TEXTS.get(params.get("error"), "The server refused.")
            return self.refuse(text + " " + self.shown(params.get("error")))
        code = params.get("code")
        if code is None:
            return self.refuse("There is no code.")
        if self.level < 4:
            return self.accepted(f"The code is {escape(code)}", session, {})
        status, response = self.redeem(code, row[1])
        token = response.get("access_token")
        printable = isinstance(token, str) and re.fullmatch("[ -~]+", token)
        if status != 200 or not printable or str(response.get("token_type")).lower() != "bearer":
            return Answer(502, f"<html lang=en><h1>No token: {escape(str(response.get('error')))}</h1>", headers=NO_TRACE)
        return self.accepted(None, session, {"claims": self.claims_of(token)})

    def shown(self, text):
        return escape(text)

    def take(self, state, session):
        with self.lock:
            row = self.pending.get(state)
            if row is None or session is None or row[0] != session["browser"] or row[2] < time.time():
                return None
            del self.pending[state]
            return row

    def accepted(self, text, session, more):
        # A new id for what follows; the other tabs of this browser may still end.
        headers = self.new_session({**(session or {"browser": ""}), **more}) if self.level >= 2 else []
        if text is not None:
            return Answer(200, f"<html lang=en><h1>{text}</h1>", headers=[*NO_TRACE, *headers])
        return redirect(self.after_login, [*NO_TRACE[1:], *headers])

    after_login = "/"

    def redeem(self, code, verifier):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.base + "/callback", "code_verifier": verifier}
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        connection = http.client.HTTPConnection("localhost", self.server_port, timeout=10)
        try:
            connection.request("POST", "/token", urlencode(form), {"Content-Type": FORM, "Authorization": "Basic " + basic})
            answer = connection.getresponse()
            response = json.loads(answer.read())
            return answer.status, response if isinstance(response, dict) else {}
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {"error": "no answer"}
        finally:
            connection.close()

    def claims_of(self, token):
        try:
            return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        except (ValueError, IndexError):
            return "opaque"


class Level2(Client):
    level = 2


class StateNotCompared(Client):
    def take(self, state, session):
        return self.pending.pop(state, None) or (session and ("", "x" * 43, 0))


class StateOfAnyBrowser(Client):
    def take(self, state, session):
        with self.lock:
            return self.pending.pop(state, None)


class StateReusable(Client):
    def take(self, state, session):
        row = super().take(state, session)
        if row:
            self.pending[state] = row
        return row


class CountedState(Client):
    def new_state(self):
        return f"the-state-of-this-client-number-{len(self.pending):020}"


class VerifierInTheUrl(Client):
    def challenge_of(self, verifier):
        return {**super().challenge_of(verifier), "code_verifier": verifier}


class Plain(Client):
    def challenge_of(self, verifier):
        return {"code_challenge": verifier, "code_challenge_method": "plain"}


class RedeemsTwice(Client):
    def redeem(self, code, verifier):
        first = super().redeem(code, verifier)
        super().redeem(code, verifier)
        return first


class RedeemsRefused(Client):
    """Asks for the token first and looks at the state afterwards."""

    def callback(self, request):
        if request.query.get("code") and (request.query.get("state") not in self.pending):
            self.redeem(request.query.get("code"), "x" * 43)
        return super().callback(request)


class TrustsTheServer(Client):
    """Takes whatever the token endpoint says for a token."""

    def redeem(self, code, verifier):
        status, response = super().redeem(code, verifier)
        return 200, {"token_type": "Bearer", "access_token": "nothing", **response} if status == 200 else response


class KeepsSession(Client):
    def accepted(self, text, session, more):
        session.update(more)
        return redirect(self.after_login, NO_TRACE[1:])


class Unescaped(Client):
    def shown(self, text):
        return text


class LeavesTraces(Client):
    def callback(self, request):
        answer = super().callback(request)
        answer.headers = [header for header in answer.headers if header[0] in ("Location", "Set-Cookie", POLICY[0])]
        return answer


class DirtyAddress(Client):
    def callback(self, request):
        self.after_login = "/?code=" + (request.query.get("code") or "")
        return super().callback(request)


class PointsElsewhere(Client):
    def start(self, request):
        return redirect("http://evil.example/authorize")


class VisibleCookie(Client):
    cookie_attributes = "Path=/"


def main():
    named = {name.lower(): thing for name, thing in globals().items() if isinstance(thing, type)}
    client = named[sys.argv[1].replace("-", "")](int(sys.argv[2]))

    def answer(request):
        client.base = "http://" + request.headers.get("Host", "")
        return client.answer(request)

    wire.serve(answer, int(sys.argv[3]) if len(sys.argv) > 3 else 0)


main()
