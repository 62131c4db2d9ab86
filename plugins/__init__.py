"""The built-in plugins; each is an entry point of ``kallithea_host.plugins``, like anybody's."""
