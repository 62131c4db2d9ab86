"""The browser that the other tests look through."""

from tests.browser.visits import PHONE


def test_a_page_of_the_daemon_is_seen(visit):
    there = visit(viewport=PHONE)
    assert there.goto("/nowhere").status == 404
    assert there.page.inner_text("body").strip() == "There is nothing here."
    assert there.overflow() == 0


def test_what_keeps_people_out_is_noticed(visit):
    there = visit()
    there.page.set_content("<img src='data:,'>")
    assert "image-alt" in dict(there.violations())
