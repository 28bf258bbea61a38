"""The page of promises is as new as the marks from which it is written."""

from tests import assurance


def test_every_mark_names_a_promise_with_a_sentence() -> None:
    assert set(assurance.held()) - set(assurance.SENTENCES) == set()


def test_the_page_says_what_the_marks_say() -> None:
    assert assurance.PAGE.read_text("utf-8") == assurance.page(), "Write it anew: python3 -m tests.assurance"


def test_marks_are_found_on_tests_classes_parameters_and_modules() -> None:
    source = """
pytestmark = pytest.mark.assures("M-1")
@pytest.mark.assures("C-1", "C-2")
class TestThing:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.assures("P-1"))])
    def test_it(self): ...
"""
    assert set(assurance.marks(source)) == {"M-1", "C-1", "C-2", "P-1"}
