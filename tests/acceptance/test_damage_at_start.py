"""What a start says of data and disk that do not agree."""

import shutil

from tests.acceptance.daemon import wait_for


def test_a_start_tells_the_log_of_a_repository_that_is_gone(daemon):
    daemon.api.create_repo(repo_name="lost", repo_type="git")
    daemon.stop()
    shutil.rmtree(daemon.root / "lost")
    daemon.start()
    wait_for(lambda: "check: I1 lost" in daemon.log, "the finding")


def test_a_start_on_sound_data_says_so(daemon):
    daemon.api.create_repo(repo_name="kept", repo_type="git")
    daemon.stop()
    daemon.start()
    wait_for(lambda: "check: data and disk agree" in daemon.log, "the end of the look")
