import ast
from pathlib import Path

from kallithea_host import hookspecs

HEADINGS = {
    line.removeprefix("## ")
    for line in (Path(__file__).parents[2] / "docs" / "hooks.md").read_text("utf-8").splitlines()
    if line.startswith("## ")
}


def signatures():
    """Every hook as it is declared: ``name(parameter: Type) -> Type``."""
    tree = ast.parse(Path(hookspecs.__file__).read_text("utf-8"))
    return {
        f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(decorator) == "hookspec" for decorator in node.decorator_list)
    }


def test_every_hook_is_documented_with_its_signature_and_no_other_is():
    assert signatures() == HEADINGS
    assert len(HEADINGS) >= 5


def test_every_hook_says_since_when_it_is_there():
    hooks = [getattr(hookspecs, heading.partition("(")[0]) for heading in HEADINGS]
    assert all("Since 0." in hook.__doc__ for hook in hooks)
