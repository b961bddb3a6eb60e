"""A passkey in software: what a phone would answer (CTAP2, without attestation)."""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def web64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Authenticator:
    """One resident credential. rp_id: the domain it believes it is talking to."""

    def __init__(self, rp_id: str, origin: str) -> None:
        self.rp_id, self.origin = rp_id, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.user_handle = b""

    def make(self, options: dict[str, Any]) -> str:
        """Answer creation options with a new credential, as JSON for the form."""
        wanted = options["publicKey"]
        self.user_handle = base64.urlsafe_b64decode(wanted["user"]["id"] + "==")
        about = AuthenticatorData.create(
            hashlib.sha256(self.rp_id.encode()).digest(),
            AuthenticatorData.FLAG(PRESENT | VERIFIED | ATTESTED),
            0,
            AttestedCredentialData.create(
                bytes(16),
                self.credential_id,
                ES256.from_cryptography_key(self.key.public_key()),  # type: ignore[no-untyped-call]
            ),
        )
        return self._answer(
            attestationObject=web64(AttestationObject.create("none", about, {})),
            clientDataJSON=web64(self._client("webauthn.create", wanted["challenge"])),
        )

    def use(self, options: dict[str, Any]) -> str:
        """Answer request options with a signature, as JSON for the form."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        about = AuthenticatorData.create(
            hashlib.sha256(self.rp_id.encode()).digest(),
            AuthenticatorData.FLAG(PRESENT | VERIFIED),
            1,
        )
        signed = self.key.sign(about + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            authenticatorData=web64(about),
            signature=web64(signed),
            userHandle=web64(self.user_handle),
            clientDataJSON=web64(client),
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _answer(self, **response: str) -> str:
        return json.dumps(
            {
                "id": web64(self.credential_id),
                "rawId": web64(self.credential_id),
                "type": "public-key",
                "clientExtensionResults": {"credProps": {"rk": True}},
                "response": response,
            }
        )


def registered(user_id: str) -> dict[str, Any]:
    """Return what a site keeps of a device that somebody registered long ago."""
    device = Authenticator("testserver", "http://testserver")
    user = {"id": web64(user_id.encode())}
    made: dict[str, Any] = json.loads(
        device.make({"publicKey": {"user": user, "challenge": web64(b"long ago")}})
    )
    return made
