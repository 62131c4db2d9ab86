"""A bare Twisted resource: ``/N`` answers every request with the same N bytes."""

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
class Pieces:
    """So many bytes from nowhere, as fast as they are taken."""

    def __init__(self, request, size: int) -> None:
        self.request = request
        self.missing = size
        request.registerProducer(self, True)  # noqa: FBT003 - the interface's way
        self.resumeProducing()

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


class Stream(Resource):
    """``/stream/N``: N bytes in pieces."""

    isLeaf = True

    def render(self, request):
        size = int(request.postpath[0])
        request.setHeader(b"content-length", b"%d" % size)
        Pieces(request, size)
        return NOT_DONE_YET


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
    root.putChild(b"stream", Stream())
    listening = serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(Site(root))
    listening.addCallback(tell)
    listening.addErrback(lambda failure: sys.exit(failure.getErrorMessage()))
    reactor.run()
