"""A bare Twisted resource: ``/N`` answers every request with the same N bytes, many in pieces."""

import sys

from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IPushProducer
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site
from zope.interface import implementer

PIECE = bytes(256 * 1024)


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


@implementer(IPushProducer)
class Stream(Resource):
    """The same pieces for every request, which come from nowhere, as fast as they are taken."""

    isLeaf = True

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def render(self, request):
        request.setHeader(b"content-length", b"%d" % self.size)
        self.request, self.missing = request, self.size
        request.registerProducer(self, True)  # noqa: FBT003 - the interface's way
        self.resumeProducing()
        return NOT_DONE_YET

    def resumeProducing(self):
        self.going = True
        while self.going and self.missing:
            piece = PIECE[: self.missing]
            self.missing -= len(piece)
            self.request.write(piece)
        if self.going:
            self.going = False
            self.request.unregisterProducer()
            self.request.finish()

    def pauseProducing(self):
        self.going = False

    stopProducing = pauseProducing


class Sizes(Resource):
    """A constant of every size."""

    def getChild(self, path, request):
        size = int(path)
        child = Constant(size) if size <= len(PIECE) else Stream(size)
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
