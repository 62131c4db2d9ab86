"""How output that may be large leaves: made in a child process, sent as fast as it is read.

A child makes the pieces and the server passes them on, never holding more than a few: a slow
client slows the child down and holds no thread, a client that leaves ends it, and so does the end
of the server, however it comes. Children are forked by one process that has loaded everything (the
*nursery*), so that a child is there within milliseconds.
"""

from kallithea_host.streaming.order import Operation, Order
from kallithea_host.streaming.streams import ChildStreams, DirectStreams, Streams

__all__ = ["ChildStreams", "DirectStreams", "Operation", "Order", "Streams"]
