"""Forms as people meet them: label, control, help and fault side by side, and tied together for a screen reader."""

import re

import pytest
from django import forms
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler


class Booking(forms.Form):
    """One field of each kind."""

    email = forms.EmailField(label="Email", help_text="We send the code there.")
    born = forms.DateField(label="Born", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="Type", choices=[("f", "Follow-up"), ("i", "Initial")])
    side = forms.ChoiceField(label="Side", choices=[("l", "Left"), ("r", "Right")], widget=forms.RadioSelect)
    remind = forms.BooleanField(label="Send a reminder", required=False)
    why = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> None:
        """Refuses one address outright."""
        if self.cleaned_data.get("email") == "taken@example.org":
            self.add_error(None, "Somebody else took this slot. Choose another.")


def _drawn(form: forms.Form, field: str) -> str:
    return _page(f'<c-field :field="form.{field}" />', form)


def _page(source: str, form: forms.Form) -> str:
    return engines["django"].from_string(CottonCompiler().process(source)).render({"form": form})


def test_a_field_ties_its_label_and_help_to_its_control() -> None:
    drawn = _drawn(Booking(), "email")
    assert '<label class="label" for="id_email">Email' in drawn
    assert 'aria-describedby="id_email_helptext"' in drawn
    assert '<p class="help" id="id_email_helptext">We send the code there.</p>' in drawn


def test_a_fault_stands_beside_its_field_and_is_announced_with_it() -> None:
    drawn = _drawn(Booking({"email": "ewa@"}), "email")
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_email_helptext id_email_error"' in drawn
    assert re.search(r'class="error" id="id_email_error".*Enter a valid email address\.', drawn, re.DOTALL)
    assert "data-invalid" in drawn


def test_what_a_person_typed_is_escaped() -> None:
    drawn = _drawn(Booking({"email": '"><b>x</b>'}), "email")
    assert "<b>x</b>" not in drawn


@pytest.mark.parametrize(
    ("field", "optional"), [("email", False), ("born", True), ("why", True), ("kind", False)]
)
def test_only_what_may_stay_empty_says_so(field: str, optional: bool) -> None:
    assert ('class="optional"' in _drawn(Booking(), field)) is optional


def test_radios_are_a_group_with_a_legend() -> None:
    drawn = _drawn(Booking({"email": "ewa@example.org"}), "side")
    assert "<fieldset" in drawn
    assert re.search(r'<legend class="label">Side', drawn)
    assert drawn.count('type="radio"') == 2
    assert "This field is required." in drawn


def test_the_whole_line_of_a_box_is_its_label() -> None:
    drawn = _drawn(Booking(), "remind")
    assert re.search(
        r'<label for="id_remind"><input type="checkbox"[^>]*><span>Send a reminder</span></label>', drawn
    )


def test_a_hidden_field_is_only_itself() -> None:
    assert _drawn(Booking(), "token").strip() == '<input type="hidden" name="token" id="id_token">'


def test_a_form_without_fault_says_nothing() -> None:
    assert _page('<c-errors :form="form" />', Booking()).strip() == ""


def test_a_fault_of_the_whole_form_is_said_in_its_own_words() -> None:
    said = _page(
        '<c-errors :form="form" />', Booking({"email": "taken@example.org", "kind": "f", "side": "l"})
    )
    assert 'role="alert"' in said
    assert "Somebody else took this slot. Choose another." in said


def test_faults_of_fields_are_counted() -> None:
    said = _page('<c-errors :form="form" />', Booking({}))
    assert "3 fields need another look." in said
