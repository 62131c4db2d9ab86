"""A description of methods, as ``rpc.discover`` gives it."""

DOCUMENT = {
    "openrpc": "1.4.0",
    "info": {"title": "x", "version": "1"},
    "methods": [
        {
            "name": "get_repo",
            "summary": "A repository.",
            "description": "The ``msg`` of\nit.\n\nMore of it.",
            "params": [
                {
                    "name": "with_names",
                    "description": "whether names come with it.",
                    "schema": {"type": "boolean"},
                },
                {
                    "name": "repoid",
                    "description": "id or full name.",
                    "required": True,
                    "schema": {"title": "id or name", "type": ["integer", "string"]},
                },
            ],
            "result": {"name": "result", "schema": {}},
            "x-returns": "``repo``: the repository.",
            "x-errors": ["``repository `<repoid>` does not exist``.", "another."],
        },
        {
            "name": "grant",
            "summary": "Grant a permission.",
            "params": [
                {
                    "name": "perm",
                    "required": True,
                    "schema": {"$ref": "#/components/schemas/Permission"},
                },
                {
                    "name": "since",
                    "schema": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                },
            ],
            "result": {"name": "result", "schema": {}},
            "x-aliases": ["grant_permission"],
        },
        {"name": "evil;$(touch x)", "summary": "\u001b[31m", "params": [], "result": {}},
    ],
    "components": {"schemas": {"Permission": {"type": "string", "enum": ["read", "write"]}}},
}
