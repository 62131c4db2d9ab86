"""The HTTP side that is not the API: the site, its limits and its own error pages."""
