"""What Alembic runs to migrate: on the connection it is handed, in that one transaction."""

from alembic import context

from kallithea_host.schema import metadata

if context.is_offline_mode():
    context.configure(dialect_name="sqlite", target_metadata=metadata, literal_binds=True)
else:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
    )
context.run_migrations()
