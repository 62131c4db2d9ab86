"""Repositories on disk and in the database, kept in agreement whatever ends the server."""
