"""A URL for every view, whoever contributes it."""

ARGUMENTS = {"revision": "tip", "path": "README", "file": "tip.zip", "form": "rss"}
"""What placeholders stand for, so that a repository with a README has something to answer."""


def urls_of(view, repository=""):
    """A path for each pattern of a view."""
    for pattern in view.patterns:
        elements = [
            ARGUMENTS[element.strip("{.}")] if element.startswith("{") else element
            for element in pattern.elements
        ]
        yield "/" + "/".join([repository, *elements] if view.of_repository else elements)
