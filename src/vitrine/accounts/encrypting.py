"""Encrypt a push so that only the browser it is for can read it, and prove who sends it.

Sources: RFC 8291 (message encryption), RFC 8188 (aes128gcm), RFC 8292 (VAPID). No Django, no clock.
"""

import base64
import json
import os
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE = ec.SECP256R1()
RECORD_SIZE = 4096
MOST_BYTES = 3_993
"""Of plain text: every push service takes a body of 4096 bytes."""
_LAST_RECORD = b"\x02"
_POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class Keys(NamedTuple):
    """What a browser subscribed with. public: its P-256 point. auth: 16 bytes that it chose."""

    public: bytes
    auth: bytes

    @classmethod
    def read(cls, public: str, auth: str) -> "Keys":
        """Read keys as browsers send them. Raises: ValueError, for any that are none."""
        keys = cls(unbase64(public), unbase64(auth))
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, keys.public)
        if len(keys.auth) != 16:
            raise ValueError("auth must be 16 bytes")
        return keys


def base64url(raw: bytes) -> str:
    """Write bytes as URLs and JSON Web Tokens want them."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unbase64(text: str) -> bytes:
    """Read what base64url() wrote. Raises: ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(written: str) -> ec.EllipticCurvePrivateKey:
    """Read a private key, 32 bytes as base64url. Raises: ValueError."""
    raw = unbase64(written)
    if len(raw) != 32:
        raise ValueError("a P-256 key is 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw), CURVE)


def new_key() -> str:
    """Make a private key and write it as private_key() reads it."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return base64url(number.to_bytes(32))


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half of a key, as 65 bytes."""
    return key.public_key().public_bytes(*_POINT)


def encrypt(
    text: bytes,
    to: Keys,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of a push. salt, own: fresh for each, unless a test knows them."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"a push has at most {MOST_BYTES} bytes")
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(CURVE)
    key, nonce = content_keys(own, to.public, to, sender=point(own), salt=salt)
    sealed = AESGCM(key).encrypt(nonce, text + _LAST_RECORD, None)
    sender = point(own)
    return salt + RECORD_SIZE.to_bytes(4) + len(sender).to_bytes(1) + sender + sealed


def content_keys(
    own: ec.EllipticCurvePrivateKey, other: bytes, receiver: Keys, *, sender: bytes, salt: bytes
) -> tuple[bytes, bytes]:
    """Derive the key and the nonce that both sides come to. own, other: one half of each side."""
    there = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, other)
    shared = own.exchange(ec.ECDH(), there)
    info = b"WebPush: info\0" + receiver.public + sender
    secret = _hkdf(shared, receiver.auth, info, 32)
    key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    return key, _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12)


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def vapid(key: ec.EllipticCurvePrivateKey, *, audience: str, subject: str, expires: int) -> str:
    """Return the Authorization that proves who sends. audience: the push service's origin."""
    claims = {"aud": audience, "exp": expires, "sub": subject}
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "ES256"}, claims)]
    signed = ".".join(map(base64url, parts))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{base64url(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={base64url(point(key))}"
