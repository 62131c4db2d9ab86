"""A bare Twisted resource: ``/N`` answers every request with the same N bytes."""

import sys

from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.web.resource import Resource
from twisted.web.server import Site


class Constant(Resource):
    """The same answer to everybody."""

    isLeaf = True

    def __init__(self, size: int) -> None:
        super().__init__()
        self.answer = b"x" * size

    def render(self, request):
        request.content.read()
        request.setHeader(b"content-type", b"application/json")
        request.setHeader(b"content-length", b"%d" % len(self.answer))
        return self.answer


class Sizes(Resource):
    """A constant of every size."""

    def getChild(self, path, request):
        child = Constant(int(path))
        self.putChild(path, child)
        return child


def tell(port):
    print(port.getHost().port, flush=True)


if __name__ == "__main__":
    root = Sizes()
    listening = serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(Site(root))
    listening.addCallback(tell)
    listening.addErrback(lambda failure: sys.exit(failure.getErrorMessage()))
    reactor.run()
