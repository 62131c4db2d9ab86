def test_the_administrator_reads_himself(api):
    user = api.get_user()
    assert user["username"] == "admin"
    assert user["permissions"]["global"] == ["hg.admin", "hg.create.write_on_repogroup.true"]
