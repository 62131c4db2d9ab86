"""The account page, as people use it: with a pointer, a keyboard, a phone, or without scripts."""

import pytest

from tests.browser.visits import DESKTOP, PHONE

LOGIN, ACCOUNT = "/_admin/login", "/_admin/my_account"
PASSWORD = "correct horse battery"
KEY = r"[0-9a-f]{40}"


@pytest.fixture
def user(served, request):
    """A user of the test's own."""
    name = f"user-{abs(hash(request.node.name))}"
    served.api.create_user(username=name, email=f"{name}@example.org", password=PASSWORD)
    return name


def sign_in(visit, user, password=PASSWORD, **options):
    """Somebody who fills in the login form; where he is afterwards."""
    there = visit(**options)
    there.goto(LOGIN)
    there.page.get_by_label("User name or e-mail address").fill(user)
    there.page.get_by_label("Password").fill(password)
    there.page.get_by_role("button", name="Sign in").click()
    return there


def make_key(page, description):
    """Fill in the form for a further key; the key."""
    page.get_by_label("What it is for").fill(description)
    page.get_by_label("Expires").fill("2099-12-31")
    page.get_by_role("button", name="Make the key").click()
    return page.locator("#key").inner_text()


def test_a_user_signs_in_and_out(visit, user):
    there = sign_in(visit, user)
    assert there.page.title().startswith("API keys")
    assert there.page.url.endswith(ACCOUNT)
    there.page.get_by_role("button", name="Sign out").click()
    assert there.page.url.endswith(LOGIN)
    there.goto(ACCOUNT)
    assert there.page.url.endswith(LOGIN)


def test_a_wrong_password_is_told_and_the_cursor_waits_for_the_right_one(visit, user):
    page = sign_in(visit, user, "wrong password").page
    assert page.get_by_role("alert").inner_text().startswith("There is no active account")
    assert page.get_by_label("User name or e-mail address").input_value() == user
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ACCOUNT}")


def test_the_built_in_key_is_shown_and_reset(visit, user, served):
    page = sign_in(visit, user).page
    old = served.api.get_user(userid=user)["api_key"]
    page.get_by_role("button", name="Show Built-in key").click()
    assert page.locator("#key").inner_text() == old
    page.get_by_text("Reset…").click()
    page.get_by_role("button", name="Reset the key").click()
    new = page.locator("#key").inner_text()
    assert new != old
    assert served.api.as_key(new).get_user()["username"] == user
    page.reload()
    assert page.locator("#key").count() == 0


def test_a_further_key_is_made_and_revoked(visit, user, served):
    page = sign_in(visit, user).page
    key = make_key(page, "build farm")
    assert page.get_by_role("status").first.inner_text().startswith("The key was made.")
    row = page.get_by_role("row", name="build farm")
    assert "2099-12-31" in row.inner_text()
    assert served.api.as_key(key).get_user()["username"] == user
    row.get_by_text("Revoke…").click()
    page.get_by_role("button", name="Revoke build farm").click()
    assert page.get_by_role("row", name="build farm").count() == 0
    assert served.api.as_key(key).error("get_user") == "Invalid API key"


def test_a_form_that_was_sent_is_not_sent_again_by_a_reload(visit, user, served):
    page = sign_in(visit, user).page
    make_key(page, "build farm")
    page.reload()
    assert page.get_by_role("row").count() == 3  # of the head, the built-in key and this one


def test_a_key_is_copied(visit, user):
    there = sign_in(visit, user, permissions=["clipboard-read", "clipboard-write"])
    key = make_key(there.page, "x")
    there.page.get_by_role("button", name="Copy").click()
    there.page.get_by_text("Copied.").wait_for()
    assert there.page.evaluate("navigator.clipboard.readText()") == key


def test_without_a_script_everything_is_there_but_the_button_that_needs_one(visit, user, served):
    page = sign_in(visit, user, java_script_enabled=False).page
    key = make_key(page, "build farm")
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_text("Revoke…").click()
    page.get_by_role("button", name="Revoke build farm").click()
    assert served.api.as_key(key).error("get_user") == "Invalid API key"
    page.get_by_role("link", name="Password").click()
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("another password")
    page.get_by_label("New password, again").fill("another password")
    page.get_by_role("button", name="Change the password").click()
    assert page.get_by_role("status").inner_text().startswith("The password was changed.")


def focused(page):
    """What is in focus, as a screen reader would name it."""
    return page.evaluate(
        "(document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()"
    )


def tab_to(page, name):
    """Press Tab until something of this name is in focus; what is on the way must be seen."""
    for _ in range(40):
        page.keyboard.press("Tab")
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px", focused(page)
        if focused(page) == name:
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_the_keyboard_is_enough(visit, user, served):
    there = visit()
    there.goto(LOGIN)
    page = there.page
    page.keyboard.type(user)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ACCOUNT}")
    tab_to(page, "Reset…")
    page.keyboard.press("Enter")
    tab_to(page, "Reset the key")
    page.keyboard.press("Enter")
    page.locator("#key").wait_for()
    assert page.locator("#key").inner_text() == served.api.get_user(userid=user)["api_key"]
    tab_to(page, "Copy")


def test_the_first_tab_leads_past_the_head_of_the_page(visit, user):
    page = sign_in(visit, user).page
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Show Built-in key"


def crowded(served, user):
    """Give a user everything that is long."""
    served.api.update_user(userid=user, firstname="Firstname" * 10, lastname="x" * 200)
    for name in (f"{user}-{'long-name-' * 15}end", f"{user}-b"):
        served.api.create_repo(repo_name=name, owner=user, private=True)


def test_no_page_scrolls_sideways_whatever_stands_on_it_and_however_wide_it_is(visit, user, served):
    crowded(served, user)
    there = sign_in(visit, user)
    make_key(there.page, "y" * 255)
    wide = []

    def look():
        for width in (320, 360, 768, 870, 1280):
            there.page.set_viewport_size({"width": width, "height": 700})
            wide.append((there.page.url, width, there.overflow()))

    there.page.get_by_text("Revoke…").click()
    look()
    for path in ("/password", "/permissions"):
        there.goto(ACCOUNT + path)
        look()
    there.page.get_by_role("button", name="Sign out").click()
    look()
    assert [one for one in wide if one[2]] == []


@pytest.mark.parametrize(
    ("viewport", "color_scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"]
)
def test_no_rule_of_accessibility_is_broken(visit, user, served, viewport, color_scheme):
    crowded(served, user)
    there = visit(viewport=viewport, color_scheme=color_scheme)
    page = there.page
    broken = []

    def look():
        broken.extend((page.url, *violation) for violation in there.violations())

    there.goto(LOGIN)
    look()
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    look()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    look()
    make_key(page, "build farm")
    page.get_by_text("Revoke…").click()
    page.get_by_text("Reset…").click()
    look()
    page.get_by_label("What it is for").fill(" ")
    page.get_by_role("button", name="Make the key").click()
    look()
    there.goto(f"{ACCOUNT}/password")
    look()
    page.get_by_label("Present password").fill("wrong password")
    page.get_by_label("New password", exact=True).fill("another password")
    page.get_by_label("New password, again").fill("yet another")
    page.get_by_role("button", name="Change the password").click()
    look()
    there.goto(f"{ACCOUNT}/permissions")
    look()
    assert broken == []
