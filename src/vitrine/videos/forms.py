"""Untrusted input: the opening of an upload, the headers and bytes of a part; collections."""

import base64
import binascii
import hashlib
import json
import re
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, UnreadablePostError

from vitrine.kernel import ids
from vitrine.kernel.fields import LineField
from vitrine.videos.models import Collection
from vitrine.videos.receiving import PART_BYTES, ChangedOnTheWay

READ_BYTES = 1 << 18
_SHA256 = re.compile(r"sha-256=:([A-Za-z0-9+/=]{43,44}):")


class NewUpload(forms.Form):
    """What a client tells before the first byte. clip: a draft of its own to fill."""

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
        return cls({"length": length, "filename": told.get("filename"), "clip": told.get("clip")})


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
            raise forms.ValidationError("This is not base64.") from None
        if len(digest) != hashlib.sha256().digest_size:
            raise forms.ValidationError("A SHA-256 has 32 bytes.")
        return digest

    def validate(self, value: Any) -> None:
        """Take None: a digest is never required."""

    def run_validators(self, value: Any) -> None:
        """Bytes need none of the validators of text."""


class PartHeaders(forms.Form):
    """The headers of one part. A part must say its size: it is held in memory."""

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


def read_part(request: HttpRequest, headers: PartHeaders) -> bytes:
    """Return the part, or what came of it before the line broke. Raises: ChangedOnTheWay.

    Keeping the beginning of a broken part saves a slow phone up to 4 MiB; the sender learns the
    true offset by asking.
    """
    part = bytearray()
    try:
        while chunk := request.read(READ_BYTES):
            part += chunk
    except (UnreadablePostError, OSError):
        return bytes(part)
    digest = headers.cleaned_data["part_digest"]
    is_whole = len(part) == headers.cleaned_data["size"]
    if digest is not None and is_whole and hashlib.sha256(part).digest() != digest:
        raise ChangedOnTheWay("This part changed on its way to us. Send it again.")
    return bytes(part)


class CollectionForm(forms.Form):
    """A collection's name, and whether others may see it."""

    name = LineField(
        max_length=60,
        error_messages={
            "required": "Give the collection a name.",
            "max_length": "At most 60 characters; this has %(show_value)s.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_public = forms.BooleanField(required=False, label="Show it on my profile")

    @classmethod
    def of(cls, collection: Collection) -> "CollectionForm":
        """Return the form as the collection stands."""
        return cls(initial={name: getattr(collection, name) for name in cls.base_fields})
