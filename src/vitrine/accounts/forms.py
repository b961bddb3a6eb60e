"""Forms about people. They validate and never save."""

from datetime import date
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from vitrine.accounts import ages, handles, pictures
from vitrine.accounts.models import Person
from vitrine.kernel.fields import LineField, LinesField

HINT = gettext_lazy("At least 10 characters. A few words in a row are good and easy to remember.")
PICTURE_MAX_BYTES = 15 * 1024 * 1024


class Labelled(forms.Form):
    """Labels above the fields say what they are for; a placeholder that repeats them is noise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class HandleField(forms.CharField):
    """A handle as somebody types it: an @ in front and capitals are forgiven."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs.update(
            autocapitalize="none", autocomplete="username", spellcheck="false", maxlength="25"
        )

    def clean(self, value: Any) -> str:
        """Return the normal handle; say in one sentence why it cannot be had."""
        handle = handles.normal(super().clean(value))
        objection = handles.objection(handle)
        if objection:
            raise forms.ValidationError(objection, code="handle")
        if Person.objects.resembling(handle).exists():
            raise forms.ValidationError(
                gettext("@{handle} is taken, or looks like one that is.").format(handle=handle),
                code="handle_taken",
            )
        return handle


class SignUp(Labelled, account_forms.SignupForm):  # type: ignore[misc]
    """E-mail, handle, date of birth, password: all it takes to begin."""

    field_order = ("email", "handle", "born_on", "password1")
    handle = HandleField(
        label=gettext_lazy("Handle"),
        help_text=gettext_lazy("Your name on Vitrine: vitrine.example/@handle"),
    )

    born_on = forms.DateField(
        label=gettext_lazy("Date of birth"),
        help_text=gettext_lazy(
            "Nobody is shown it. People under 18 are met by fewer strangers here."
        ),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        error_messages={
            "invalid": gettext_lazy("Write the date as year-month-day, such as 1990-12-31.")
        },
    )

    def clean_born_on(self) -> date:
        """Return the date of somebody who may have an account."""
        born_on: date = self.cleaned_data["born_on"]
        today, least = timezone.localdate(), settings.VITRINE_LEAST_AGE
        objection = ages.objection(born_on, on=today, least=least)
        if objection:
            raise forms.ValidationError(objection, code="age")
        return born_on

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext("E-mail")
        self.fields["handle"].help_text = gettext(
            "How others find you. Letters, digits, dots, underscores."
        )
        self.fields["password1"].help_text = HINT


class LogIn(Labelled, account_forms.LoginForm):  # type: ignore[misc]
    """E-mail and password; a browser that holds a passkey offers it in the first field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = gettext("E-mail")
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        self.fields["password"].help_text = ""


class AddAddress(Labelled, account_forms.AddEmailForm):  # type: ignore[misc]
    """One more e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext("E-mail")


class ChangePassword(Labelled, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password once and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = HINT


class AskForReset(Labelled, account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the code that lets a person choose a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext("E-mail")


class ResetPassword(Labelled, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = HINT


class ConfirmCode(Labelled, account_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """The code from the mail."""


class Reauthenticate(Labelled, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password again, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


def _read(credential: Any, kind: Any) -> Any:
    """Return what an authenticator answered; a stranger may send anything in its place."""
    try:
        return kind.from_dict(credential)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise forms.ValidationError(gettext("That was no answer of a passkey.")) from None


class PasskeyNew(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A name, and what the authenticator made."""

    name = LineField(required=False, max_length=60)

    def clean_credential(self) -> Any:
        """Check the shape; ``clean`` checks the challenge."""
        credential = self.cleaned_data["credential"]
        _read(credential, RegistrationResponse)
        return credential


class PasskeyLogIn(webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """The answer of a passkey. It names the person by public id, never by primary key."""

    def clean_credential(self) -> Any:
        """Return the authenticator that answered our challenge."""
        credential = self.cleaned_data["credential"]
        answer = _read(credential, AuthenticationResponse).response
        public_id = (answer.user_handle or b"").decode("ascii", "replace")
        person = Person.objects.filter(public_id=public_id, is_active=True).first()
        if person is None:
            raise forms.ValidationError(gettext("This passkey belongs to no account here."))
        return auth.complete_authentication(person, credential)


class PasskeySecondStep(webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The answer of a passkey after the password."""

    def clean_credential(self) -> Any:
        """Return the authenticator that answered our challenge."""
        _read(self.cleaned_data["credential"], AuthenticationResponse)
        return super().clean_credential()


class PasskeyAgain(webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The answer of a passkey before something that matters."""

    def clean_credential(self) -> Any:
        """Return the authenticator that answered our challenge."""
        _read(self.cleaned_data["credential"], AuthenticationResponse)
        return super().clean_credential()


class Profile(forms.Form):
    """What others see of a person."""

    display_name = LineField(
        max_length=60,
        label=gettext_lazy("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    bio = LinesField(
        max_length=300,
        required=False,
        label=gettext_lazy("About you"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Up to 300 characters."),
    )
    picture = forms.FileField(
        required=False,
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, up to 15 MB. It is cropped to a square; place and camera "
            "data are removed."
        ),
    )
    remove_picture = forms.BooleanField(required=False, label=gettext_lazy("Remove the picture"))

    def clean_picture(self) -> pictures.Squares | None:
        """Return the picture as it will be shown; refuse by size before a byte is decoded."""
        picture: UploadedFile[bytes] | None = self.cleaned_data["picture"]
        if not picture:
            return None
        if (picture.size or 0) > PICTURE_MAX_BYTES:
            raise forms.ValidationError(
                gettext("The picture is larger than 15 MB; make it smaller.")
            )
        try:
            return pictures.squares(picture.read())
        except pictures.PictureRefused as refused:
            raise forms.ValidationError(refused.text, code=refused.code) from None
