pytest_plugins = ["kallithea_host.testing"]
