"""Wrong servers, each wrong in one thing. `python3 faults.py NAME` starts one; `correct` has no fault."""

import sys
import time
from urllib.parse import quote, unquote

import wire
from server import Server


class Correct(Server):
    pass


class Level2(Server):
    """A learner who has only reached v02."""

    def __init__(self):
        super().__init__(level=2)


class Level4(Server):
    def __init__(self):
        super().__init__(level=4)


class PrefixMatch(Server):
    def redirect_uri_fits(self, registered, uri):
        return any(uri.startswith(known) for known in registered)


class StateDroppedOnErrors(Server):
    def state_of(self, params, error):
        return None if error else super().state_of(params, error)


class StateReencoded(Server):
    def state_of(self, params, error):
        state = super().state_of(params, error)
        return state and quote(state, safe=" ")


class ChallengeOptional(Server):
    def trouble_with_challenge(self, params):
        return super().trouble_with_challenge(params) if params.get("code_challenge") else None

    def verifier_fits(self, row, verifier):
        return row["code_challenge"] is None or super().verifier_fits(row, verifier)


class VerifierNotCompared(Server):
    def verifier_fits(self, row, verifier):
        return True


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


class SecretNotCompared(Server):
    def secret_fits(self, known, sent):
        return True


class PredictableCodes(Server):
    def new_code(self):
        return f"authorization-code-of-this-server-{len(self.codes):020}"


class NoRefreshRotation(Server):
    def refresh(self, form, client_id):
        row = self.refreshes.get(form.get("refresh_token"))
        if row:
            row["used"] = False
        return super().refresh(form, client_id)


class OneCallBack(Server):
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
