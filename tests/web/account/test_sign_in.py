"""Who gets in, and how the browser is known afterwards."""


def test_a_user_signs_in_with_his_name_in_any_case(signed_in):
    assert signed_in.answer.status == 200
    assert "Signed in as Bob" in signed_in.text
