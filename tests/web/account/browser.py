"""A browser without a screen: it keeps a cookie, reads forms and follows redirects."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

LOGIN, ACCOUNT = "/_admin/login", "/_admin/my_account"
ORIGIN = "http://localhost"
FORM = "application/x-www-form-urlencoded"


class Browser:
    """One browser at one address; ``answer`` is the last answer, not a redirect."""

    def __init__(self, api):
        self._api = api
        self.cookie = ""
        self.answers = []

    @property
    def answer(self):
        return self.answers[-1]

    @property
    def html(self):
        return self.answer.body.decode()

    @property
    def text(self):
        """What the page says, with single spaces."""
        parser = _Text()
        parser.feed(self.html)
        return " ".join(" ".join(parser.parts).split())

    @property
    def form_token(self):
        return re.search(r'name="form_token" value="([0-9a-f]+)"', self.html)[1]

    def from_peer(self, peer):
        """The same browser, cookie and all, at another address."""
        other = Browser(self._api.from_peer(peer))
        other.cookie, other.answers = self.cookie, [*self.answers]
        return other

    def get(self, path, **headers):
        """Ask for a page; the status."""
        return self._ask("GET", path, None, headers)

    def post(self, path, fields=None, *, form_token=None, origin=ORIGIN, **headers):
        """Send a form as the last page would, and follow where that leads; the first status."""
        token = self.form_token if form_token is None else form_token
        body = urlencode({"form_token": token, **(fields or {})}).encode()
        if origin:
            headers["Origin"] = origin
        status = self._ask("POST", path, body, {"Content-Type": FORM, **headers})
        if status == 303:
            self.get(self.answer.headers["location"])
        return status

    def sign_in(self, username, password):
        """Open the login page and send its form."""
        self.get(LOGIN)
        return self.post(LOGIN, {"username": username, "password": password})

    def do(self, action, **fields):
        """Send one of the forms of the account page."""
        self.get(ACCOUNT)
        return self.post(f"{ACCOUNT}/{action}", fields)

    def _ask(self, verb, path, body, headers):
        if self.cookie:
            headers["Cookie"] = f"kallithea_session={self.cookie}"
        self.answers.append(self._api.request(verb, body, path=path, headers=headers))
        if "set-cookie" in self.answer.headers:
            self.cookie = re.match("kallithea_session=([^;]*)", self.answer.headers["set-cookie"])[
                1
            ]
        return self.answer.status


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)
