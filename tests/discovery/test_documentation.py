from kallithea_host.discovery.documentation import parse


def test_a_docstring_becomes_its_parts():
    told = parse(
        "Do it,\nnow.\n\nAt once.\n\n"
        "Args:\n    one: first\n        line.\n    two, three: flags.\n\n"
        "Returns:\n    What was\n    done.\n\n"
        "Errors:\n    ``no``: never.\n    ``not `<now>` ``: it is late, or\n    ``tomorrow``.\n"
    )
    assert (told.about, told.summary, told.details) == (
        "Do it,\nnow.\n\nAt once.",
        "Do it, now.",
        "At once.",
    )
    assert told.arguments == {"one": "first line.", "two": "flags.", "three": "flags."}
    assert told.returns == "What was\ndone."
    assert list(told.errors) == [
        "``no``: never.",
        "``not `<now>` ``: it is late, or ``tomorrow``.",
    ]


def test_a_docstring_may_be_one_line():
    told = parse("Do it.")
    assert (told.summary, told.details, told.returns) == ("Do it.", "", "")
    assert (dict(told.arguments), list(told.errors)) == ({}, [])
