"""Authors of changesets, who write of themselves what they like."""


def name_and_email(author: str) -> tuple[str, str]:
    """The two parts of ``Name <mail>``; an address alone has no name, other text no address."""
    name, bracket, rest = author.partition("<")
    if bracket:
        return name.strip(), rest.partition(">")[0].strip()
    text = author.strip()
    return ("", text) if "@" in text and " " not in text else (text, "")
