"""Servers that are wrong in one thing each. `python3 faults.py NAME` starts one; `correct` has no fault."""

import os
import secrets
import sys
import threading
import time
from urllib.parse import quote

import wire
from server import Server
from wire import Answer, page, redirect


class Correct(Server):
    pass


class Level2(Server):
    """A learner who has only reached v02."""

    def __init__(self):
        super().__init__(level=2)


class Level4(Server):
    def __init__(self):
        super().__init__(level=4)


# v01


class OtherLogin(Server):
    """Not a fault, another shape: the login form stands at /authorize, and after it the user is asked to agree."""

    def authorize(self, request):
        answer = super().authorize(request)
        to = dict(answer.headers).get("Location", "")
        return self.login_page(200, to.partition("=")[2]) if to.startswith("/login") else answer

    def login(self, request):
        form = request.form()
        if form.get("agreed") and self.user_of(request) and form.get("ticket") in self.tickets:
            return self.grant(self.tickets.pop(form.get("ticket")), self.user_of(request))
        if form.get("ticket") not in self.tickets or form.get("password") != self.users.get(form.get("username")):
            return super().login(request)
        answer = super().login(wire.Altered(request, b"username=" + form.get("username").encode() + b"&password=" + form.get("password").encode()))
        ticket = f"<input type=hidden name=ticket value={form.get('ticket')}>"
        body = f"<form method=POST action=/login>{ticket}<button name=agreed value=yes>Allow</button></form>"
        return Answer(200, body, headers=[wire.POLICY, *(header for header in answer.headers if header[0] == "Set-Cookie")])


class PrefixMatch(Server):
    def redirect_uri_fits(self, registered, uri):
        return any(uri.startswith(known) for known in registered)


class OpenRedirector(Server):
    def stranger(self, uri, params):
        return self.back(uri, params, error="invalid_request") if uri else page(400, "No redirect_uri")


class DefaultsToCode(Server):
    def response_type_of(self, params):
        return params.get("response_type") or "code"


class AnyResponseType(Server):
    def response_type_of(self, params):
        return params.get("response_type") and "code"


class PredictableCodes(Server):
    def new_code(self):
        return f"authorization-code-of-this-server-{len(self.codes):020}"


class LongLivedCodes(Server):
    code_lifetime = 3600


class FirstOfTwo(Server):
    def authorize(self, request):
        request.query.repeated.clear()
        return super().authorize(request)


class TellsUsersApart(Server):
    def login_failed(self, user, ticket):
        return super().login_failed(user, ticket) if user in self.users else page(401, "Unknown user <form><input name=password></form>")


class ForgetsOnMistake(Server):
    def login_failed(self, user, ticket):
        return self.login_page(401, "")


class Found(Server):
    login_status = 302


class TemporaryRedirect(Server):
    login_status = 307


class OwnQueryLost(Server):
    def with_query(self, uri, query):
        return uri.partition("?")[0] + "?" + query


class OnePending(Server):
    """Keeps one pending request for each browser: the last."""

    def __init__(self):
        super().__init__()
        self.last, self.current = {}, threading.local()

    def answer(self, request):
        self.current.browser = request.cookie("browser") or secrets.token_urlsafe(32)
        return super().answer(request)

    def authorize(self, request):
        answer = super().authorize(request)
        to = dict(answer.headers).get("Location", "")
        if to.startswith("/login?ticket="):
            self.last[self.current.browser] = to.partition("=")[2]
            answer.headers.append(("Set-Cookie", f"browser={self.current.browser}; {self.cookie_attributes}"))
        return answer

    def pending_of(self, ticket):
        return super().pending_of(self.last.get(self.current.browser) if ticket else ticket)


class Unescaped(Server):
    def escaped(self, text):
        return text or ""


class KeepsSession(Server):
    """Logs in whatever session id the browser brings."""

    def new_session(self, old):
        return old or secrets.token_urlsafe(32)


class PasswordByBeginning(Server):
    def password_fits(self, known, typed):
        return known != "" and (known.startswith(typed) or typed.startswith(known))


class PasswordWithoutCase(Server):
    def password_fits(self, known, typed):
        return known.lower() == typed.lower()


class PasswordTrimmed(Server):
    def password_fits(self, known, typed):
        return known == typed.strip()


class AnyNumber(Server):
    def too_many(self, raw):
        return False


class OneMore(Server):
    def too_many(self, raw):
        return super().too_many(raw.partition(b"&")[2])


class TellsItsAddress(Server):
    every_page = Server.every_page[1:]


class KeptPages(Server):
    every_page = Server.every_page[:1]


class BehindAProxy(Server):
    def has_proxy(self, request):
        return False


class OnlyOneProxy(Server):
    def has_proxy(self, request):
        return "X-Forwarded-For" in request.headers


class HostCounts(Server):
    def by_its_name(self, request):
        super().by_its_name(request)
        request.called = request.headers.get("Host", "")


class NamesHaveCase(Server):
    def is_local(self, name):
        return super().is_local(name) and name == name.lower()


class LongQueries(Server):
    def answer(self, request):
        request.raw_query = request.raw_query[:8192]
        return super().answer(request)


class HeadIsGet(Server):
    def answer(self, request):
        request.method = "GET" if request.method == "HEAD" else request.method
        return super().answer(request)


class VisibleCookie(Server):
    cookie_attributes = "Path=/"


class SharesWithScripts(Server):
    def authorize(self, request):
        answer = super().authorize(request)
        answer.headers.append(("Access-Control-Allow-Origin", "*"))
        return answer


class RepeatsInput(Server):
    def back(self, uri, params, headers=(), **response):
        if "error" in response:
            response["error_description"] = "Wrong: " + (params.get("response_type") or "")
        return super().back(uri, params, headers, **response)


# v02


class StateWithoutBound(Server):
    def is_too_long(self, state):
        return False


class StateDroppedOnErrors(Server):
    def state_of(self, params, error):
        return None if error else super().state_of(params, error)


class StateReencoded(Server):
    def state_of(self, params, error):
        state = super().state_of(params, error)
        return state and quote(state, safe=" ")


class EmptyStateReturned(Server):
    def state_of(self, params, error):
        return super().state_of(params, error) or ""


class StateDemanded(Server):
    def trouble_with(self, params):
        return super().trouble_with(params) or (None if params.get("state") else "invalid_request")


# v03


class ChallengeOptional(Server):
    def trouble_with_challenge(self, params):
        return super().trouble_with_challenge(params) if params.get("code_challenge") else None

    def verifier_fits(self, row, verifier):
        return row["code_challenge"] is None or super().verifier_fits(row, verifier)


class AnyMethod(Server):
    def trouble_with_challenge(self, params):
        return None if params.get("code_challenge") and len(params.get("code_challenge")) == 43 else "invalid_request"


class AnyChallenge(Server):
    def trouble_with_challenge(self, params):
        return None if params.get("code_challenge") and params.get("code_challenge_method") == "S256" else "invalid_request"


class ChallengeInAnswer(Server):
    def back(self, uri, params, headers=(), **response):
        return super().back(uri, params, headers, **response, code_challenge=params.get("code_challenge") or "")


# v04


class VerifierNotCompared(Server):
    def verifier_fits(self, row, verifier):
        return True


class VerifierOptional(Server):
    def verifier_is_whole(self, verifier):
        return verifier is None or super().verifier_is_whole(verifier)

    def verifier_fits(self, row, verifier):
        return verifier is None or super().verifier_fits(row, verifier)


class CodeReusable(Server):
    def first_use(self, row):
        return True


class CheckThenSet(Server):
    """Looks first and marks later: a race."""

    class NoLock:
        def __enter__(self):
            pass

        def __exit__(self, *_):
            pass

    def __init__(self):
        super().__init__()
        self.lock = self.NoLock()

    def first_use(self, row):
        first = not row["used"]
        time.sleep(0.05)
        row["used"] = True
        return first


class VerifierByBeginning(Server):
    """Looks at the first 43 characters, which most clients never exceed."""

    def verifier_fits(self, row, verifier):
        return super().verifier_fits(row, verifier) or any(super(VerifierByBeginning, self).verifier_fits(row, verifier[:length]) for length in range(43, len(verifier)))


class ChallengeByBeginning(Server):
    def challenge_fits(self, known, made):
        return known[:8] == made[:8]


class ChallengeWithoutCase(Server):
    def challenge_fits(self, known, made):
        return known.lower() == made.lower()


class SecretByBeginning(Server):
    def secret_fits(self, known, sent):
        return sent is None if known is None else len(sent or "") > 3 and (known.startswith(sent) or sent.startswith(known))


class SecretWithoutCase(Server):
    def secret_fits(self, known, sent):
        return sent is None if known is None else known.lower() == (sent or "").lower()


class PackedIsPlain(Server):
    def is_packed(self, request):
        return False


class CountedTokens(Server):
    def sign(self, header, claims):
        return f"access-token-of-this-server-{len(self.tokens):020}"


class SecretNotCompared(Server):
    def secret_fits(self, known, sent):
        return True


class CodeForAnybody(Server):
    def owner_fits(self, row, client_id):
        return True


class RedirectNotCompared(Server):
    def code_redirect_fits(self, row, uri):
        return True


class OneTry(Server):
    """Any wrong try burns the code: who saw it can spoil it."""

    most = 1

    def wrong_try(self, row):
        row["tries"] = row.get("tries", 0) + 1

    def code_is_whole(self, row):
        return row.get("tries", 0) < self.most


class FortyTries(OneTry):
    most = 40


class ReplayKillsNothing(Server):
    def replayed(self, row):
        pass


class AnyReplayKills(Server):
    def wrong_try(self, row):
        if row["used"]:
            self.end_family(row["grant_id"])


class CacheableTokens(Server):
    not_cacheable = ()


class FrameworkErrors(Server):
    """What a web framework says by itself to a body that it cannot read."""

    def no_form(self):
        return Answer(415, "Unsupported Media Type", "text/plain")


# v05


class QueryToken(Server):
    def without_header(self, request):
        return request.query.get("access_token") or super().without_header(request)


class AlgNone(Server):
    def signature_fits(self, header, right, signature):
        return str(header.get("alg")).lower() == "none" or super().signature_fits(header, right, signature)


class AnyType(Server):
    def type_fits(self, header):
        return True


class AnyAudience(Server):
    def audience_fits(self, claims):
        return True


class AnyCrit(Server):
    def crit_fits(self, header):
        return True


class TypeWithCase(Server):
    def type_fits(self, header):
        return header.get("typ") in ("at+jwt", "application/at+jwt")


class LastSecond(Server):
    def is_in_time(self, claims):
        return isinstance(claims.get("exp"), int) and claims["exp"] >= int(time.time()) and claims.get("nbf", 0) <= time.time()


class RepeatedIsAbsent(Server):
    def has_token(self, query):
        return super().has_token(query) and "access_token" not in query.repeated


class OneBlank(Server):
    def after_blanks(self, token):
        return token


class ApiTakesHead(Server):
    def routed(self, request):
        if request.path == "/api/me":
            request.method = "GET"
        return super().routed(request)


class NeverExpires(Server):
    def is_in_time(self, claims):
        return True


# v06


class NoRefreshRotation(Server):
    """The old refresh token works on beside the new one."""

    def refresh(self, form, client_id):
        row = self.refreshes.get(form.get("refresh_token"))
        if row:
            row["used"] = False
        return super().refresh(form, client_id)


class OldTokenLives(Server):
    def one_token_less(self, grant):
        pass


class FamilySurvives(Server):
    def reused(self, row):
        pass


# Other shapes, and answers that are none.


class OneClient(Server):
    """Another shape, not a fault: no /debug/state, one client, secrets in the body only."""

    def __init__(self):
        super().__init__()
        self.clients = {"demo-client": self.clients["demo-client"]}

    def debug(self, request):
        return wire.page(404, "There is nothing here.")

    def basic_of(self, request):
        return self.refuse(401, "invalid_client") if request.headers.get("Authorization") else None


class TokenHangs(Server):
    def token(self, request):
        time.sleep(60)


class TokenCloses(Server):
    def token(self, request):
        return b""


class TokenTalksNonsense(Server):
    def token(self, request):
        return b"\x00\x01 all is well \xff\r\n\r\n"


# v07


class Scoped(Server):
    """A correct server of v07."""

    def __init__(self):
        super().__init__(level=7)


class ScopeNotCompared(Scoped):
    def may(self, row, needed):
        return True


class ScopeByItsBeginning(Scoped):
    def may(self, row, needed):
        return any(name.startswith(needed.partition(":")[0]) for name in row["scope"].split(" "))


class ScopeBeyondTheClient(Scoped):
    def trouble_with_scope(self, params):
        return None if self.asked_for(params) else "invalid_scope"


class SilenceMeansAll(Scoped):
    def silence_means(self):
        return "profile notes:read"


class UntickingIgnored(Scoped):
    def is_ticked(self, form, name):
        return True


class NoIsSilence(Scoped):
    def denied(self, uri, params):
        return redirect("/welcome")


class ConsentOfPublicClients(Scoped):
    def is_remembered(self, pending, user):
        return all(self.yes_to(pending, user, name) in self.consents for name in self.asked_for(pending[0]))


class ConsentWithoutCsrf(Scoped):
    def is_from_our_page(self, asked, form):
        return True


class QuestionForEverybody(Scoped):
    def is_owner(self, asked, session, user):
        return True


class RefreshWidens(Scoped):
    def narrowed(self, form, granted):
        return self.scope_of(form.get("scope") or " ".join(granted)) or self.refuse(400, "invalid_scope")


class RoleIgnored(Scoped):
    def has_role(self, user, role):
        return True


class CanBeFramed(Scoped):
    def against_frames(self):
        return []


class NotesOfAll(Scoped):
    def whose(self, row):
        return "everybody"


class DiesOfNonsense(Server):
    """As a server does whose one process ends with an exception that nobody caught."""

    def answer(self, request):
        if b"%u1234" in request.raw_query:
            os._exit(1)
        return super().answer(request)


class Hangs(Server):
    def answer(self, request):
        time.sleep(60)


class Closes(Server):
    def answer(self, request):
        return b""


class TalksNonsense(Server):
    def answer(self, request):
        return b"220 mail.example ESMTP\r\n"


def main():
    named = {name.lower(): thing for name, thing in globals().items() if isinstance(thing, type)}
    server = named[sys.argv[1].replace("-", "")]()

    def answer(request):
        server.base = "http://" + request.headers.get("Host", "")
        return server.answer(request)

    wire.serve(answer, int(sys.argv[2]) if len(sys.argv) > 2 else 0)


main()
