"""Taking over an installation of Kallithea: its database and its repositories.

``source`` reads the old database, ``planning`` looks at everything and says what stands against
the import, ``running`` carries it out: one transaction, and renames that can be undone.
"""
