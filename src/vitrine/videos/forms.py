"""Untrusted input: the opening of an upload, the headers and bytes of a part; collections."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.kernel.fields import LineField
from vitrine.videos.models import (
    Clip,
    Collection,
    NotOpenToRemixing,
    RemixKind,
    StitchOutsideTheClip,
    Wish,
)
from vitrine.videos.receiving import PART_BYTES, ChangedOnTheWay

READ_BYTES = 1 << 18
_SHA256 = re.compile(r"sha-256=:([A-Za-z0-9+/=]{43,44}):")


class NewUpload(forms.Form):
    """What a client tells before the first byte. clip: a draft of its own to fill."""

    remix: "RemixForm"
    length = forms.IntegerField(min_value=0)
    filename = forms.CharField(max_length=400, required=False)
    clip = forms.RegexField(ids.PATTERN, required=False)

    @classmethod
    def of(cls, request: HttpRequest) -> "NewUpload":
        """Read the JSON body, if any; ``Upload-Length`` counts before its ``length``."""
        try:
            is_json = request.content_type == "application/json"
            told: Any = json.loads(request.body) if is_json else {}
        except ValueError:
            told = {}
        told = told if isinstance(told, dict) else {}
        length = request.headers.get("Upload-Length", told.get("length"))
        form = cls({"length": length, "filename": told.get("filename"), "clip": told.get("clip")})
        remix = told.get("remix")
        form.remix = RemixForm(remix if isinstance(remix, dict) else {})
        return form


class RemixForm(forms.Form):
    """What a new clip is to be made with: beside a file's opening, or in the form around it.

    of: a clip's public id, or a sound's where its sound is wanted.
    """

    kind = forms.ChoiceField(choices=RemixKind.choices, required=False)
    of = forms.RegexField(ids.PATTERN, required=False)
    from_seconds = forms.FloatField(min_value=0, max_value=86_400, required=False)
    seconds = forms.FloatField(min_value=0, max_value=60, required=False)
    own_level = forms.IntegerField(min_value=0, max_value=100, required=False)

    def wish(self, by: Person) -> Wish | None:
        """Return what is wished for; None where nothing is. Queries: 0 or 1.

        Raises: NotOpenToRemixing, StitchOutsideTheClip.
        """
        if not self.data.get("kind"):
            return None
        if {"from_seconds", "seconds"} & set(self.errors):
            raise StitchOutsideTheClip(
                gettext("Say in seconds where the part begins and how long it is.")
            )
        if self.errors:
            raise NotOpenToRemixing(gettext("There is nothing of that name to make a clip with."))
        kind = RemixKind(self.cleaned_data["kind"])
        name = "own_sound__public_id" if kind == RemixKind.SOUND else "public_id"
        seen = Clip.objects.visible_to(by).filter(**{name: self.cleaned_data["of"]})
        origin = seen.first()
        if origin is None:
            raise NotOpenToRemixing(
                gettext("What you want to make a clip with is not there any more.")
            )
        from_ms = round((self.cleaned_data["from_seconds"] or 0) * 1000)
        until_ms = from_ms + round((self.cleaned_data["seconds"] or 0) * 1000)
        if kind != RemixKind.STITCH:
            from_ms = until_ms = 0
        return Wish(kind, origin, from_ms, until_ms, self.cleaned_data["own_level"] or 0)


class DigestField(forms.CharField):
    """A SHA-256 as HTTP writes it: ``sha-256=:…:``; other algorithms are passed over."""

    def to_python(self, value: Any) -> Any:
        """Return 32 bytes, or None where there is no such digest."""
        found = _SHA256.search(value or "")
        if not found:
            return None
        try:
            digest = base64.b64decode(found[1], validate=True)
        except binascii.Error:
            raise forms.ValidationError(gettext("This is not base64.")) from None
        if len(digest) != hashlib.sha256().digest_size:
            raise forms.ValidationError(gettext("A SHA-256 has 32 bytes."))
        return digest

    def validate(self, value: Any) -> None:
        """Take None: a digest is never required."""

    def run_validators(self, value: Any) -> None:
        """Bytes need none of the validators of text."""


class PartHeaders(forms.Form):
    """The headers of one part. A part must say its size: it is refused before its bytes."""

    MEDIA_TYPE: ClassVar[str] = "application/partial-upload"

    media_type = forms.ChoiceField(choices=[(MEDIA_TYPE, MEDIA_TYPE)])
    offset = forms.IntegerField(min_value=0)
    size = forms.IntegerField(min_value=0, max_value=PART_BYTES)
    is_last = forms.TypedChoiceField(
        choices=[("?0", "more follows"), ("?1", "the last")], coerce=lambda value: value == "?1"
    )
    part_digest = DigestField(required=False)
    whole_digest = DigestField(required=False)

    @classmethod
    def of(cls, request: HttpRequest) -> "PartHeaders":
        """Read them from a request."""
        headers = request.headers
        is_chunked = "Transfer-Encoding" in headers
        size = headers.get("Content-Length") or ("" if is_chunked else "0")
        return cls(
            {
                # Nothing has no type: the empty part that only says "that was all".
                "media_type": request.content_type or (cls.MEDIA_TYPE if size == "0" else ""),
                "offset": headers.get("Upload-Offset"),
                "size": size,
                "is_last": headers.get("Upload-Complete"),
                "part_digest": headers.get("Content-Digest", ""),
                "whole_digest": headers.get("Repr-Digest", ""),
            }
        )


def part_of(request: HttpRequest, headers: PartHeaders) -> Iterator[bytes]:
    """Yield the part as it comes, up to where the line broke. Raises: ChangedOnTheWay, at its end.

    Keeping the beginning of a broken part saves a phone all that arrived; the sender learns the
    true offset by asking.
    """
    digest, size = hashlib.sha256(), 0
    try:
        while chunk := request.read(READ_BYTES):
            digest.update(chunk)
            size += len(chunk)
            yield chunk
    except (UnreadablePostError, OSError):
        return
    told = headers.cleaned_data["part_digest"]
    is_whole = size == headers.cleaned_data["size"]
    if told is not None and is_whole and digest.digest() != told:
        raise ChangedOnTheWay(gettext("This part changed on its way to us. Send it again."))


class CollectionForm(forms.Form):
    """A collection's name, and whether others may see it."""

    name = LineField(
        max_length=60,
        error_messages={
            "required": gettext_lazy("Give the collection a name."),
            "max_length": gettext_lazy("At most 60 characters; this has %(show_value)s."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_public = forms.BooleanField(required=False, label=gettext_lazy("Show it on my profile"))

    @classmethod
    def of(cls, collection: Collection) -> "CollectionForm":
        """Return the form as the collection stands."""
        return cls(initial={name: getattr(collection, name) for name in cls.base_fields})
