"""A correct authorization server for the wire of the lab, v01 to v07, that shares no line with the lab.

`Server(level=2)` stops at v02: what comes later is not there. Each decision is a method, so that a wrong server is a
class with one method of its own (see faults.py).
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from urllib.parse import quote_plus, unquote_plus, urlencode

from wire import FORM, NO_STORE, POLICY, Answer, Params, escape, page, redirect

CALLBACK = "http://localhost:5001/callback"
SCOPES = {"profile": "Your name", "notes:read": "Read notes", "notes:write": "Write notes", "admin": "See the users"}
NO_FRAME = [("X-Frame-Options", "DENY")]
NOTES, LONGEST_NOTE, TWICE = 20, 1000, 10
MOST_PARAMETERS, LONGEST_STATE, SHOWN = 100, 1024, 100
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def iso(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


class Server:
    code_lifetime = 300
    login_status = 303
    not_cacheable = NO_STORE
    every_page = [("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store")]
    cookie_attributes = "HttpOnly; SameSite=Lax; Path=/"

    def __init__(self, level=6, jwt_secret=b"0123456789abcdef0123456789abcdef"):
        self.level, self.jwt_secret, self.lock = level, jwt_secret, threading.RLock()
        self.users = {f"user{n}": f"password{n}" for n in (0, 1)}
        self.clients = {
            "demo-client": ("demo-secret", [CALLBACK]),
            "demo-other": ("other-secret", ["http://127.0.0.1:5666/callback", CALLBACK + "?from=other"]),
        }
        if level >= 4:
            self.clients["demo-public"] = (None, [CALLBACK])
        self.allowed = {"demo-client": {*SCOPES}, "demo-other": {"profile", "notes:read"}, "demo-public": {"profile", "notes:read"}}
        self.roles, self.notes, self.consents, self.answered = {"user1": ["admin"]}, {}, {}, {}
        self.sessions, self.tickets, self.codes, self.grants, self.tokens, self.refreshes = {}, {}, {}, {}, {}, {}

    # The routes.

    def answer(self, request):
        try:
            answer = self.routed(request)
        except Answer as refusal:
            answer = refusal
        if isinstance(answer, Answer) and (answer.kind.startswith("text/html") or answer.status in (302, 303)):
            there = {name for name, _ in answer.headers}
            answer.headers += [header for header in self.every_page if header[0] not in there]
            answer.headers += self.against_frames() if self.level >= 7 else []
        return answer

    def against_frames(self):
        return [*NO_FRAME, ("Content-Security-Policy", "frame-ancestors 'none'")]

    def routed(self, request):
        if len(request.raw_query) > 8192:
            return page(414, "The query is too long.")
        if self.too_many(request.raw_query):
            return page(400, "There are too many parameters.")
        self.by_its_name(request)
        routes = {
            "/": (("GET",), lambda r: page(200, "An authorization server")),
            "/healthz": (("GET",), lambda r: Answer(200, "ok", "text/plain")),
            "/authorize": (("GET",), self.authorize),
            "/login": (("GET", "POST"), self.login),
            "/welcome": (("GET",), lambda r: page(200, "Welcome " + escape(self.user_of(r)))),
            "/debug/state": (("GET",), self.debug),
        }
        if self.level >= 4:
            routes["/token"] = (("POST",), self.token)
        if self.level >= 5:
            routes["/api/me"] = (("GET",), self.me)
        if self.level >= 7:
            routes["/consent"] = (("GET", "POST"), self.consent)
            routes["/api/notes"] = (("GET", "POST"), self.the_notes)
            routes["/api/admin/users"] = (("GET",), self.the_users)
        methods, handler = routes.get(request.path, ((), None))
        if handler is None:
            return page(404, "There is nothing here.")
        if request.method not in methods:
            return page(405, "Another method", [("Allow", ", ".join(methods))])
        return handler(request)

    def too_many(self, raw):
        return sum(1 for pair in raw.split(b"&") if pair) > MOST_PARAMETERS

    def by_its_name(self, request):
        """A request line with a whole address names the server, and Host then counts no more (RFC 9112 section 3.2.2)."""
        request.called = request.headers.get("Host", "")
        match = re.match(r"http://([^/]*)(/.*)", request.path)
        if match:
            request.called, request.path = match.groups()

    # v01 to v03: /authorize and /login.

    def redirect_uri_fits(self, registered, uri):
        return uri in registered

    def authorize(self, request):
        params = request.query
        client = self.clients.get(params.get("client_id"))
        if client is None or params.bad("client_id", "redirect_uri"):
            return page(400, "This client is not known here, or is named twice.")
        registered, uri = client[1], params.get("redirect_uri")
        if uri is None and len(registered) == 1:
            uri = registered[0]
        if uri is None or not self.redirect_uri_fits(registered, uri):
            return self.stranger(uri, params)
        trouble = self.trouble_with(params)
        if trouble:
            return self.back(uri, params, error=trouble)
        pending = (params, uri)
        user = self.user_of(request)
        if user and (self.level < 7 or self.is_remembered(pending, user)):
            return self.grant(pending, user)
        ticket = secrets.token_urlsafe(32)
        self.tickets[ticket] = pending
        return redirect(f"/{'consent' if user else 'login'}?ticket={ticket}")

    def stranger(self, uri, params):
        return page(400, "This redirect_uri is not registered.")

    def trouble_with(self, params):
        if self.is_too_long(params.get("state")) or params.repeated or params.bad("response_type", "state", "code_challenge", "code_challenge_method", "scope"):
            return "invalid_request"
        kind = self.response_type_of(params)
        if kind != "code":
            return "unsupported_response_type" if kind else "invalid_request"
        trouble = self.trouble_with_challenge(params) if self.level >= 3 else None
        return trouble or (self.trouble_with_scope(params) if self.level >= 7 else None)

    def is_too_long(self, state):
        return self.level >= 2 and len((state or "").encode()) > LONGEST_STATE

    def response_type_of(self, params):
        return params.get("response_type")

    def trouble_with_challenge(self, params):
        challenge, method = params.get("code_challenge") or "", params.get("code_challenge_method")
        good = method == "S256" and re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge)
        return None if good else "invalid_request"

    def state_of(self, params, error):
        return params.get("state") if self.level >= 2 and not params.bad("state") else None

    def back(self, uri, params, headers=(), **response):
        state = self.state_of(params, "error" in response)
        if state is not None:
            response["state"] = state
        return redirect(self.with_query(uri, urlencode(response, quote_via=quote_plus)), headers)

    def with_query(self, uri, query):
        return uri + ("&" if "?" in uri else "?") + query

    def new_code(self):
        return secrets.token_urlsafe(32)

    def grant(self, pending, user, headers=(), scope=None):
        params, uri = pending
        code = self.new_code()
        self.codes[code] = {
            "client_id": params.get("client_id"), "redirect_uri": uri, "user_id": user, "used": False, "grant_id": None,
            "code_challenge": params.get("code_challenge") if self.level >= 3 else None,
            "code_challenge_method": "S256", "expires_at": time.time() + self.code_lifetime,
            "scope": scope or self.asked_for(params),
        }
        return self.back(uri, params, headers, code=code)

    def user_of(self, request):
        return self.sessions.get(request.cookie("lab_as"))

    def login(self, request):
        if request.method == "GET":
            return self.login_page(200, request.query.get("ticket"))
        if len(request.body) > 65536:
            return page(413, "The form is too long.")
        if self.too_many(request.body):
            return page(400, "There are too many fields.")
        form = request.form()
        user, password = form.get("username"), form.get("password")
        if not password or not self.password_fits(self.users.get(user, ""), password):
            return self.login_failed(user, form.get("ticket"))
        session = self.new_session(request.cookie("lab_as"))
        self.sessions[session] = user
        cookie = [("Set-Cookie", f"lab_as={session}; {self.cookie_attributes}")]
        if self.level >= 7:
            return self.after_login(form.get("ticket"), user, cookie)
        pending = self.pending_of(form.get("ticket"))
        answer = self.grant(pending, user, cookie) if pending else redirect("/welcome", cookie)
        answer.status = self.login_status
        return answer

    def password_fits(self, known, typed):
        return hmac.compare_digest(known.encode(), typed.encode())

    def login_failed(self, user, ticket):
        return self.login_page(401, ticket)

    def new_session(self, old):
        self.sessions.pop(old, None)
        return secrets.token_urlsafe(32)

    def pending_of(self, ticket):
        return self.tickets.pop(ticket, None)

    def login_page(self, status, ticket):
        fields = f"<input type=hidden name=ticket value=\"{self.escaped(ticket)}\">"
        fields += "<label>User <input name=username></label><label>Password <input type=password name=password></label>"
        body = f"<html lang=en><title>Log in</title><form method=POST action=/login>{fields}<button>Log in</button></form>"
        return Answer(status, body, headers=[POLICY])

    def escaped(self, text):
        return escape(text)

    # v04: /token.

    def refuse(self, status, error):
        challenge = [("WWW-Authenticate", 'Basic realm="foreign"')] if status == 401 else []
        raise self.json(status, {"error": error}, challenge)

    def json(self, status, value, headers=()):
        return Answer(status, json.dumps(value), "application/json", [*self.not_cacheable, *headers])

    def token(self, request):
        if len(request.body) > 65536:
            self.refuse(413, "invalid_request")
        if self.is_packed(request):
            self.refuse(415, "invalid_request")
        if self.too_many(request.body):
            self.refuse(400, "invalid_request")
        form = request.form() if request.is_form() else Params(b"")
        if not request.is_form():
            return self.no_form()
        if form.repeated or form.dirty:
            self.refuse(400, "invalid_request")
        client_id = self.client_of(request, form)
        grants = {"authorization_code": self.redeem}
        if self.level >= 6:
            grants["refresh_token"] = self.refresh
        kind = form.get("grant_type")
        if kind not in grants:
            self.refuse(400, "unsupported_grant_type" if kind else "invalid_request")
        with self.lock:
            return grants[kind](form, client_id)

    def is_packed(self, request):
        return request.headers.get("Content-Encoding", "identity").lower() != "identity"

    def no_form(self):
        self.refuse(400, "invalid_request")

    def basic_of(self, request):
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            self.refuse(401, "invalid_client")
        return (unquote_plus(user), unquote_plus(password)) if colon else self.refuse(401, "invalid_client")

    def client_of(self, request, form):
        basic, secret, client_id = self.basic_of(request), form.get("client_secret"), form.get("client_id")
        if request.headers.get("Authorization") is not None and basic is None:
            self.refuse(401, "invalid_client")
        if basic and (secret is not None or client_id not in (None, basic[0])):
            self.refuse(400, "invalid_request")
        client_id, secret = basic or (client_id, secret)
        if client_id not in self.clients or not self.secret_fits(self.clients[client_id][0], secret):
            self.refuse(401, "invalid_client")
        return client_id

    def secret_fits(self, known, sent):
        return sent is None if known is None else hmac.compare_digest(known.encode(), (sent or "").encode())

    def verifier_fits(self, row, verifier):
        return self.challenge_fits(row["code_challenge"], b64(hashlib.sha256(verifier.encode()).digest()))

    def challenge_fits(self, known, made):
        return known == made

    def owner_fits(self, row, client_id):
        return row["client_id"] == client_id

    def code_redirect_fits(self, row, uri):
        return uri in (None, row["redirect_uri"])

    def verifier_is_whole(self, verifier):
        return UNRESERVED.fullmatch(verifier or "")

    def code_is_whole(self, row):
        return True

    def redeem(self, form, client_id):
        code, verifier = form.get("code"), form.get("code_verifier")
        if code is None or (self.level >= 3 and not self.verifier_is_whole(verifier)):
            self.refuse(400, "invalid_request")
        row = self.codes.get(code)
        if row is None or row["expires_at"] < time.time() or not self.code_is_whole(row):
            self.refuse(400, "invalid_grant")
        if (
            not self.owner_fits(row, client_id)
            or not self.code_redirect_fits(row, form.get("redirect_uri"))
            or not self.verifier_fits(row, verifier)
        ):
            self.wrong_try(row)
            self.refuse(400, "invalid_grant")
        if not self.first_use(row):
            self.replayed(row)
            self.refuse(400, "invalid_grant")
        row["grant_id"] = grant_id = secrets.token_urlsafe(32)
        end = time.time() + 604800
        self.grants[grant_id] = {"user_id": row["user_id"], "client_id": client_id, "expires_at": end, "revoked": False, "token": None, "scope": row["scope"]}
        return self.issue(grant_id)

    def first_use(self, row):
        first, row["used"] = not row["used"], True
        return first

    def wrong_try(self, row):
        pass

    def replayed(self, row):
        self.end_family(row["grant_id"])

    def end_family(self, grant_id):
        if grant_id in self.grants:
            self.grants[grant_id]["revoked"] = True

    def is_revoked(self, row):
        return self.grants[row["grant_id"]]["revoked"]

    def one_token_less(self, grant):
        self.tokens.pop(grant["token"], None)

    def issue(self, grant_id, scope=None):
        grant = self.grants[grant_id]
        told = {"scope": " ".join(scope or grant["scope"])} if self.level >= 7 else {}
        client_id, user = grant["client_id"], grant["user_id"]
        now, jti, base = int(time.time()), secrets.token_urlsafe(32), self.base
        claims = {"iss": base, "sub": user, "aud": base + "/api", "client_id": client_id, "iat": now, "exp": now + 1800, "jti": jti, **told}
        self.one_token_less(grant)
        grant["token"] = jti
        self.tokens[jti] = {"user_id": user, "client_id": client_id, "expires_at": now + 1800, "grant_id": grant_id, **told}
        response = {"access_token": self.sign({"alg": "HS256", "typ": "at+jwt"}, claims), "token_type": "Bearer", "expires_in": 1800, **told}
        if self.level >= 6:
            response["refresh_token"] = token = secrets.token_urlsafe(32)
            self.refreshes[token] = {**self.tokens[jti], "expires_at": grant["expires_at"], "used": False}
        return self.json(200, response)

    def sign(self, header, claims):
        text = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
        return text + "." + b64(hmac.digest(self.jwt_secret, text.encode(), "sha256"))

    # v05: /api/me. v06: refresh.

    def bearer_error(self, status, error=None):
        error = f', error="{error}"' if error else ""
        raise self.json(status, {}, [("WWW-Authenticate", f'Bearer realm="foreign"{error}')])

    def me(self, request):
        row = self.row_of(request, "profile")
        told = {"scope": row["scope"]} if self.level >= 7 else {}
        return self.json(200, {"sub": row["user_id"], "user_id": row["user_id"], "username": row["user_id"], "client_id": row["client_id"], **told})

    def row_of(self, request, needed):
        """What the token stands for, if it is good, and good for this."""
        sent = request.headers.get_all("Authorization") or []
        scheme, _, token = (sent[0] if sent else "").partition(" ")
        token = self.after_blanks(token)
        if len(sent) > 1 or (scheme.lower() == "bearer" and self.has_token(request.query)):
            self.bearer_error(400, "invalid_request")
        if scheme.lower() != "bearer":
            token = self.without_header(request)
        if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):
            self.bearer_error(400, "invalid_request")
        claims = self.claims_of(token)
        row = self.tokens.get(claims.get("jti")) if claims else None
        if row is None or self.is_revoked(row):
            self.bearer_error(401, "invalid_token")
        if self.level >= 7 and not self.may(row, needed):
            challenge = f'Bearer realm="foreign", error="insufficient_scope", scope="{needed}"'
            raise self.json(403, {"error": "insufficient_scope"}, [("WWW-Authenticate", challenge)])
        return row

    def after_blanks(self, token):
        return token.lstrip(" ")

    def has_token(self, query):
        return "access_token" in query.values

    def without_header(self, request):
        self.bearer_error(401)

    def type_fits(self, header):
        return str(header.get("typ")).lower() in ("at+jwt", "application/at+jwt")

    def crit_fits(self, header):
        return "crit" not in header

    def audience_fits(self, claims):
        return claims.get("aud") == self.base + "/api"

    def is_in_time(self, claims):
        now = time.time()
        return isinstance(claims.get("exp"), int) and claims["exp"] > now and claims.get("nbf", 0) <= now

    def signature_fits(self, header, right, signature):
        return header.get("alg") == "HS256" and hmac.compare_digest(right, signature)

    def claims_of(self, token):
        try:
            header, claims, signature = token.split(".")
            right = b64(hmac.digest(self.jwt_secret, f"{header}.{claims}".encode(), "sha256"))
            header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims))
        except ValueError:
            return None
        good = (
            self.signature_fits(header, right, signature)
            and self.type_fits(header)
            and self.crit_fits(header)
            and claims.get("iss") == self.base
            and self.audience_fits(claims)
            and self.is_in_time(claims)
            and isinstance(claims.get("jti"), str)
            and bool(claims.get("sub"))
        )
        return claims if good else None

    def refresh(self, form, client_id):
        token = form.get("refresh_token")
        if token is None:
            self.refuse(400, "invalid_request")
        row = self.refreshes.get(token)
        if row is None or not self.owner_fits(row, client_id) or row["expires_at"] < time.time() or self.is_revoked(row):
            self.refuse(400, "invalid_grant")
        if row["used"]:
            self.reused(row)
            self.refuse(400, "invalid_grant")
        scope = self.narrowed(form, self.grants[row["grant_id"]]["scope"]) if self.level >= 7 else None
        row["used"] = True
        return self.issue(row["grant_id"], scope)

    def reused(self, row):
        self.end_family(row["grant_id"])

    # v07: scopes, consent, and an API with something in it.

    def scope_of(self, text):
        """The names in a scope, in the order of SCOPES. None: it is no list of names that are known here."""
        names = text.split(" ")
        return [name for name in SCOPES if name in names] if all(name in SCOPES for name in names) else None

    def asked_for(self, params):
        return self.scope_of(params.get("scope") or self.silence_means()) or []

    def silence_means(self):
        return "profile"

    def trouble_with_scope(self, params):
        asked = self.asked_for(params)
        good = asked and self.allowed[params.get("client_id")].issuperset(asked)
        return None if good else "invalid_scope"

    def narrowed(self, form, granted):
        """A refresh may ask for less, and never for more (RFC 6749 section 6)."""
        if form.get("scope") is None:
            return granted
        asked = self.scope_of(form.get("scope"))
        return asked if asked and set(granted).issuperset(asked) else self.refuse(400, "invalid_scope")

    def may(self, row, needed):
        return needed in row["scope"].split(" ")

    def yes_to(self, pending, user, scope):
        return user, pending[0].get("client_id"), pending[1], scope

    def is_remembered(self, pending, user):
        secret = self.clients[pending[0].get("client_id")][0]
        return secret is not None and all(self.yes_to(pending, user, name) in self.consents for name in self.asked_for(pending[0]))

    def after_login(self, ticket, user, cookie):
        pending = self.tickets.get(ticket)
        if pending is None:
            return redirect("/welcome", cookie)
        if self.is_remembered(pending, user):
            return self.grant(self.pending_of(ticket), user, cookie)
        return redirect(f"/consent?ticket={ticket}", cookie)

    def consent(self, request):
        user, session = self.user_of(request), request.cookie("lab_as")
        if self.too_many(request.body):
            return page(400, "There are too many fields.")
        form = request.query if request.method == "GET" else request.form()
        ticket = form.get("ticket")
        with self.lock:
            if ticket not in self.tickets:
                return page(403, "There is no such question.")
            if user is None:
                return redirect(f"/login?ticket={ticket}")
            asked = self.answered.setdefault(ticket, {"owner": (session, user), "csrf": secrets.token_urlsafe(32), "said": None})
            if not self.is_owner(asked, session, user):
                return page(403, "This question is not yours.")
            if request.method == "GET":
                return self.question(ticket, asked, user) if asked["said"] is None else page(403, "This is answered.")
            return self.decide(ticket, asked, form, user)

    def is_owner(self, asked, session, user):
        return asked["owner"] == (session, user)

    def question(self, ticket, asked, user):
        params, uri = self.tickets[ticket]
        names = self.asked_for(params)
        ticks = "".join(f"<label><input type=checkbox name=\"scope:{name}\" checked>{SCOPES[name]} {name}</label>" for name in names)
        where = re.sub("^[a-z]+://([^/?]*).*$", r"\1", uri)
        hidden = f"<input type=hidden name=ticket value={ticket}><input type=hidden name=csrf_token value={asked['csrf']}>"
        buttons = "<button name=decision value=allow>Allow</button><button name=decision value=deny>Deny</button>"
        text = f"<h1>{escape(params.get('client_id'))}</h1><p>{escape(user)}, it goes on to {escape(where)}.</p>"
        body = f"<!doctype html><html lang=en><title>Do you agree?</title>{text}<form method=POST action=/consent>{hidden}{ticks}{buttons}</form></html>"
        return Answer(200, body, headers=[POLICY])

    def decide(self, ticket, asked, form, user):
        if not self.is_from_our_page(asked, form):
            return page(403, "This form is not ours.")
        params, uri = self.tickets[ticket]
        yes = form.get("decision") == "allow"
        scope = [name for name in self.asked_for(params) if yes and self.is_ticked(form, name)]
        if asked["said"] is None:
            asked["answer"] = self.grant((params, uri), user, scope=scope) if scope else self.denied(uri, params)
            asked["said"], asked["until"] = scope, time.time() + TWICE
            self.remember((params, uri), user, scope)
        if asked["said"] != scope or asked["until"] < time.time():
            return page(403, "This is answered.")
        return redirect(dict(asked["answer"].headers)["Location"])

    def denied(self, uri, params):
        return self.back(uri, params, error="access_denied")

    def is_from_our_page(self, asked, form):
        return hmac.compare_digest(asked["csrf"], form.get("csrf_token") or "")

    def is_ticked(self, form, name):
        return form.get(f"scope:{name}") is not None

    def remember(self, pending, user, scope):
        for name in self.asked_for(pending[0]):
            self.consents.pop(self.yes_to(pending, user, name), None)
            if name in scope:
                self.consents[self.yes_to(pending, user, name)] = True

    def the_notes(self, request):
        row = self.row_of(request, "notes:read" if request.method == "GET" else "notes:write")
        notes = self.notes.setdefault(self.whose(row), [])
        if request.method == "GET":
            return self.json(200, {"sub": row["user_id"], "notes": notes})
        if self.too_many(request.body):
            self.bearer_error(400, "invalid_request")
        form = request.form() if request.is_form() else Params(b"")
        text = form.get("text")
        if form.repeated or self.has_token(form) or form.bad("access_token") or not text or len(text.encode()) > LONGEST_NOTE:
            self.bearer_error(400, "invalid_request")
        note = {"text": text, "written_by": row["client_id"]}
        notes[:] = [*notes, note][-NOTES:]
        return self.json(201, note)

    def whose(self, row):
        return row["user_id"]

    def the_users(self, request):
        row = self.row_of(request, "admin")
        if not self.has_role(row["user_id"], "admin"):
            raise self.json(403, {"error": "access_denied"})
        return self.json(200, {"sub": row["user_id"], "users": [{"user_id": user, "roles": self.roles.get(user, [])} for user in self.users]})

    def has_role(self, user, role):
        return role in self.roles.get(user, [])

    # /debug/state.

    def debug(self, request):
        names = [*request.headers.get_all("Host", []), request.called]
        if len(names) != 2 or not all(self.is_local(name) for name in names) or self.has_proxy(request):
            return page(404, "There is nothing here.")
        newest = lambda table: dict(list(table.copy().items())[-SHOWN:])
        rows = lambda table: {key: {**row, "expires_at": iso(row["expires_at"])} for key, row in newest(table).items()}
        user = self.user_of(request)
        state = {
            "request_args": request.query.values,
            "session": {"logged_in": user is not None, "username": user},
            "counts": {"authorization_codes": len(self.codes), "grants": len(self.grants), "access_tokens": len(self.tokens)},
            "storage": {
                "authorization_codes": rows(self.codes),
                "grants": rows(self.grants),
                "access_tokens": {key: {**row, "revoked": self.is_revoked(row)} for key, row in rows(self.tokens).items()},
                "users": {name: {"user_id": name} for name in self.users},
                "clients": {name: {"redirect_uris": client[1]} for name, client in self.clients.items()},
            },
        }
        if "text/html" in request.headers.get("Accept", "") and request.query.get("format") != "json":
            return page(200, escape(json.dumps(state)), NO_STORE)
        return Answer(200, json.dumps(state), "application/json", NO_STORE)

    def is_local(self, name):
        return re.sub(r"\.?(:\d+)?$", "", name).lower() in ("localhost", "127.0.0.1", "[::1]")

    def has_proxy(self, request):
        return request.version == "HTTP/1.0" or any(name.lower() in ("forwarded", "via", "x-real-ip") or name.lower().startswith("x-forwarded-") for name in request.headers)
