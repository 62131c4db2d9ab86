"""Somebody who looks at the daemon's pages in a browser."""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


class Visit:
    """What one visitor sees: ``page`` is playwright's, in a profile of its own."""

    def __init__(self, context, origin):
        self._origin = origin
        self.context = context
        self.page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.strangers = []
        self.failures = []
        context.on("request", self._requested)
        context.on("weberror", lambda error: self.failures.append(str(error.error)))
        context.on("console", self._said)

    def _requested(self, request):
        if urlsplit(request.url).netloc != urlsplit(self._origin).netloc:
            self.strangers.append(request.url)

    def _said(self, message):
        if message.type in {"error", "warning"} and "the server responded with" not in message.text:
            self.failures.append(message.text)

    def goto(self, path):
        """Open a path of the daemon's; playwright's response."""
        return self.page.goto(self._origin + path)

    def violations(self):
        """What axe-core holds against the accessibility of the page, as it is now."""
        found = Axe().run(self.page).response["violations"]
        return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]

    def overflow(self):
        """Pixels that the page is wider than the window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
