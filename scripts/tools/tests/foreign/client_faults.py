"""Clients that are wrong in one thing each. `python3 client_faults.py NAME SERVER_PORT [PORT]` starts one; `correct` has no fault."""

import sys
import time

import wire
from client import GRACE, NO_TRACE, Client, Row, go, page
from wire import POLICY


class Correct(Client):
    pass


class Level2(Client):
    level = 2


class Level4(Client):
    level = 4


# v01 to v03


class CodeBesideError(Client):
    def callback(self, request):
        if request.query.get("code"):
            request.query.values.pop("error", None)
        return super().callback(request)


class StateNotCompared(Client):
    def take(self, state, browser, code):
        with self.lock:
            return self.pending.pop(state, None) or (browser and Row("", "x" * 43))


class StateOfAnyBrowser(Client):
    def take(self, state, browser, code):
        with self.lock:
            return self.pending.pop(state, None)


class StateReusable(Client):
    def take(self, state, browser, code):
        row = self.pending.get(state)
        return Row(row.browser, row.verifier) if row and row.browser == browser else None

    def new_browser_key(self, row):
        return row.browser


class CountedState(Client):
    def new_state(self):
        return f"the-state-of-this-client-number-{len(self.pending):020}"


class KeepsBrowserKey(Client):
    """The id of the session changes, but what was pending before stays pending."""

    def renew(self, request, browser):
        old = self.session_of(request)
        self.logins[old] = self.logins.get(browser)
        return super().renew(request, old)


class KeepsSession(Client):
    def renew(self, request, browser):
        self.logins[self.session_of(request)] = self.logins.get(browser)
        return []


class VisibleCookie(Client):
    cookie_attributes = "Path=/"


class EternalCookie(Client):
    cookie_attributes = "HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000"


class Unescaped(Client):
    def shown(self, text):
        return text


class VerifierInTheUrl(Client):
    def challenge_of(self, verifier):
        return {**super().challenge_of(verifier), "code_verifier": verifier}


class Plain(Client):
    def challenge_of(self, verifier):
        return {"code_challenge": verifier, "code_challenge_method": "plain"}


class LeavesTraces(Client):
    def callback(self, request):
        answer = super().callback(request)
        answer.headers = [header for header in answer.headers if header not in NO_TRACE]
        return answer


class PointsElsewhere(Client):
    def start(self, request):
        return go("http://evil.example/authorize")


# v04: the exchange, and the same answer again


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
        good = {"token_type": "Bearer", "access_token": "nothing", **response}
        return (200, {**good, "expires_in": 60}) if status == 200 else (status, response)


class OneSentence(Client):
    def bad_gateway(self, why):
        return page(502, "The server answered something that we do not understand.")


class OneKindOfBearer(Client):
    def wrong_with(self, status, response):
        wrong = super().wrong_with(status, response)
        return wrong or (None if response["token_type"] == "Bearer" else "token_type is not Bearer")


class AsksForAnything(Client):
    def send(self, method, path, body, headers):
        return super().send(method, path, body, {**headers, "Accept-Encoding": "gzip"})


class DirtyAddress(Client):
    def callback(self, request):
        self.after_login = "/?code=" + (request.query.get("code") or "")
        return super().callback(request)


class NoSecondAnswer(Client):
    def is_again(self, row, browser, code):
        return False


class AnyCodeAgain(Client):
    def is_again(self, row, browser, code):
        return super().is_again(row, browser, row.code)


class CodeAgainByPrefix(Client):
    def is_again(self, row, browser, code):
        near = code is not None and code[:8] == row.code[:8]
        return near and super().is_again(row, browser, row.code)


class CodeAgainWithoutCase(Client):
    def is_again(self, row, browser, code):
        near = code is not None and code.lower() == row.code.lower()
        return near and super().is_again(row, browser, row.code)


class AgainForAnybody(Client):
    def is_again(self, row, browser, code):
        return code == row.code and time.time() < row.answered + GRACE


class HandsItOn(Client):
    """Remembers from which session a session came, and takes it for the same browser."""

    def __init__(self, server_port):
        super().__init__(server_port)
        self.before = {}

    def renew(self, request, browser):
        self.before[browser] = self.session_of(request)
        return super().renew(request, browser)

    def is_again(self, row, browser, code):
        before = self.before.get(browser, "nobody")
        return super().is_again(row, browser, code) or super().is_again(row, before, code)


class ErrorsAskedAgain(Client):
    def exchange(self, row, code):
        outcome = super().exchange(row, code)
        if not isinstance(outcome, str):
            row.outcome = None
        return outcome


class EachForItself(Client):
    """Deliveries do not wait for each other."""

    def exchange(self, row, code):
        return row.outcome or self.finish(row, code)

    def finish(self, row, code):
        row.outcome = self.log_in(row, code)
        return row.outcome


# v04: logout and buttons


class LogoutKeepsPending(Client):
    def logout(self, request):
        kept = dict(self.pending)
        answer = super().logout(request)
        self.pending = kept
        return answer


class LateTokensKept(Client):
    def log_in(self, row, code):
        """Nobody tells this row that its browser has logged out."""
        return super().log_in(Row(row.browser, row.verifier), code)


class LogoutEndsAll(Client):
    def logout(self, request):
        self.logins.clear()
        return super().logout(request)


class LogoutByGet(Client):
    def answer(self, request):
        if request.path == "/logout" and request.method == "GET":
            return self.logout(request)
        return super().answer(request)


class AnyOrigin(Client):
    def is_own(self, request):
        return True


class OriginByPrefix(Client):
    def is_own(self, request):
        origin = request.headers.get("Origin")
        return origin.startswith(self.base) if origin else super().is_own(request)


class SiteIgnored(Client):
    def is_own(self, request):
        return bool(not request.headers.get("Origin") or super().is_own(request))


class NullIsForeign(Client):
    """Takes the Origin of its own pages for a foreign one: they hide their address."""

    def is_own(self, request):
        return request.headers.get("Origin") != "null" and super().is_own(request)


class NullIsOurs(Client):
    def is_own(self, request):
        return request.headers.get("Origin") == "null" or super().is_own(request)


class TypedAddressRefused(Client):
    def is_own(self, request):
        return request.headers.get("Sec-Fetch-Site") != "none" and super().is_own(request)


# v05, v06


class KeptByTheBrowser(Client):
    def home(self, request):
        answer = super().home(request)
        answer.headers = [POLICY]
        return answer


class FirstChallenge(Client):
    def challenges(self, headers):
        return super().challenges(headers)[:1]


class BlamesTheToken(Client):
    def show_profile(self, status, headers, body):
        answer = super().show_profile(status, headers, body)
        if status != 200:
            answer.body += "<p>The token is not good. <a href=/start>Log in again</a>"
        return answer


class WaitsFor401(Client):
    def profile(self, request):
        login = self.logins.get(self.session_of(request))
        if login:
            login.until = None
        return super().profile(request)


class RefreshesOnAnything(Client):
    def is_refused(self, status):
        return status != 200


class OldTimes(Client):
    def renew_tokens(self, login, stale):
        until = login.until
        trouble = super().renew_tokens(login, stale)
        login.until = until
        return trouble


class EmptyReplacesGood(Client):
    def renew_tokens(self, login, stale):
        taken = login.take
        login.take = lambda response: (taken(response), setattr(login, "refresh_token", response.get("refresh_token", login.refresh_token)))
        try:
            return super().renew_tokens(login, stale)
        finally:
            login.take = taken


class KeepsTheDead(Client):
    def renew_tokens(self, login, stale):
        trouble = super().renew_tokens(login, stale)
        if login.ended:
            login.ended = False
            return self.bad_gateway("it refused: invalid_grant")
        return trouble


class GivesUpAtOnce(Client):
    """Takes a server that is ill for one that said no."""

    def renew_tokens(self, login, stale):
        trouble = super().renew_tokens(login, stale)
        login.ended = login.ended or trouble is not None
        return trouble


class RefreshByGet(Client):
    def answer(self, request):
        if request.path == "/refresh" and request.method == "GET":
            return self.refresh(request)
        return super().answer(request)


def main():
    named = {name.lower(): thing for name, thing in globals().items() if isinstance(thing, type)}
    client = named[sys.argv[1].replace("-", "")](int(sys.argv[2]))

    def answer(request):
        client.base = "http://" + request.headers.get("Host", "")
        return client.answer(request)

    wire.serve(answer, int(sys.argv[3]) if len(sys.argv) > 3 else 0)


main()
