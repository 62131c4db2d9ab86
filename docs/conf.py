"""Sphinx's settings: ``make docs`` builds the pages in this folder into ``docs/_build``."""

from importlib.metadata import version as _version

project = "kallithea-host"
author = "the authors of kallithea-host"
version = release = _version("kallithea-host")

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
smartquotes = False

html_theme = "furo"
html_title = f"kallithea-host {release}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
