"""The explorer in a real browser: read, searched, and calls tried with one's own key."""

import json

import pytest

from tests.browser.visits import PHONE

PATH = "/_admin/api"


@pytest.fixture
def key(served):
    return (served.data_dir / "admin-api-key").read_text().strip()


def opened(visit, **options):
    there = visit(**options)
    assert there.goto(PATH).status == 200
    return there.page


def trying(page, method, **values):
    """Fill in the form of a method and send it; what is shown then."""
    article = page.locator(f'article[id="{method}"]')
    article.locator("summary").click()
    for name, value in values.items():
        field = article.locator(f'[id="try-{method}-{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    article.get_by_role("button", name="Call").click()
    status = article.get_by_role("status")
    page.wait_for_function(
        "it => !['', 'Waiting…'].includes(it.textContent)", arg=status.element_handle()
    )
    return status.inner_text(), article.locator(".trying pre").inner_text()


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}])
def test_nobody_is_kept_out(visit, key, options):
    there = visit(**options)
    there.goto(PATH)
    assert there.overflow() == 0
    there.page.fill("#key", key)
    there.page.fill("#filter", "get_user")  # looking at all methods takes long
    trying(there.page, "get_user")
    assert (there.violations(), there.overflow()) == ([], 0)


def test_without_a_script_it_is_there_to_be_read(visit):
    page = opened(visit, java_script_enabled=False)
    assert page.locator('article[id="create_repo"] tbody tr').count() == 11
    assert not page.locator("#key").is_visible()
    assert not page.locator("#filter").is_visible()
    assert page.locator("summary").count() == 0


def test_methods_are_found_by_words(visit):
    page = opened(visit)
    page.fill("#filter", "create group")
    shown = [each for each in page.locator(".method").all() if each.is_visible()]
    names = {each.get_attribute("id") for each in shown}
    assert {"create_user_group", "create_repo_group"} <= names
    assert "get_user" not in names
    assert page.locator("#found").inner_text().startswith(f"{len(names)} of ")
    assert not page.locator('.index [data-method="get_user"]').is_visible()
    page.fill("#filter", "")
    assert page.locator('article[id="get_user"]').is_visible()


def test_a_method_is_found_by_its_other_name(visit):
    page = opened(visit)
    page.fill("#filter", "show_ip")
    assert page.locator('article[id="get_ip"]').is_visible()


def test_a_link_leads_to_what_the_filter_hides(visit):
    page = opened(visit)
    page.fill("#filter", "get_user")
    page.locator('article[id="get_user"] dd a').first.click()
    assert page.locator('article[id="type-UserDetails"]').is_visible()
    assert page.input_value("#filter") == ""


def test_a_call_is_answered(visit, key):
    page = opened(visit)
    page.fill("#key", f" {key} ")
    status, shown = trying(page, "get_user", userid="admin")
    assert status.startswith("Answered in ")
    assert json.loads(shown)["username"] == "admin"


def test_what_is_left_empty_is_left_out(visit, key):
    page = opened(visit)
    page.fill("#key", key)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        values = {"username": "ann", "firstname": '""', "lastname": "Lee", "active": "false"}
        trying(page, "create_user", **values)
    call = json.loads(sent.value.post_data)
    assert call["method"] == "create_user"
    assert call["params"] == {
        "username": "ann",
        "email": "",
        "firstname": "",
        "lastname": "Lee",
        "active": False,
    }
    assert sent.value.headers["authorization"] == f"Bearer {key}"
    assert "cookie" not in sent.value.headers


def test_json_is_sent_as_it_is(visit, key):
    page = opened(visit)
    page.fill("#key", key)
    assert json.loads(trying(page, "test", args='{"a": [1]}')[1]) == {"a": [1]}


def test_what_cannot_be_sent_is_told(visit, key):
    page = opened(visit)
    page.fill("#key", key)
    assert trying(page, "test", args="{")[0] == "args is no JSON."


def test_an_error_is_shown_with_its_code(visit, key):
    page = opened(visit)
    page.fill("#key", key)
    status, shown = trying(page, "get_user", userid="nobody")
    assert status.startswith("Error -32004 after ")
    assert shown == "user `nobody` does not exist"


def test_an_answer_that_is_none_of_the_api_is_told(visit, key):
    page = opened(visit)
    page.fill("#key", key)
    page.route("**/_admin/api", lambda route: route.fulfill(status=413, body="too large"))
    assert trying(page, "get_user")[0] == "The server answered with status 413 and no JSON."


def test_a_server_that_is_gone_is_told(visit, key):
    there = visit()
    there.goto(PATH)
    there.page.fill("#key", key)
    there.page.route("**/_admin/api", lambda route: route.abort())
    assert trying(there.page, "get_user")[0] == "The server cannot be reached."
    there.failures.clear()  # the browser says so, too


def test_without_a_key_nothing_is_sent(visit):
    page = opened(visit)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    assert trying(page, "get_user")[0] == "Enter your API key at the top of the page first."
    assert sent == []


def test_the_key_is_kept_nowhere(visit, key):
    page = opened(visit)
    page.fill("#key", key)
    trying(page, "system.listMethods")
    assert key not in page.url
    assert key not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []
    page.reload()
    assert page.input_value("#key") == ""
