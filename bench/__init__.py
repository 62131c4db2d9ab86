"""``make bench``: what calls cost, measured against a bare Twisted resource in the same run."""
