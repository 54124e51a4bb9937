"""Who may connect: RSA keys, proved by signing a token, as an Android device asks for them."""

import base64
import binascii
import hashlib
import secrets
import struct
import threading
from collections.abc import Callable, Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

TOKEN_BYTES = 20
MODULUS_WORDS = 64
PUBLIC_KEY = struct.Struct(f"<II{4 * MODULUS_WORDS}s{4 * MODULUS_WORDS}sI")


def parse_public_key(line: bytes) -> rsa.RSAPublicKey:
    """Return the RSA-2048 key of an `adbkey.pub` line (base64 of Android's structure, then a name).

    Raises ValueError for anything else.
    """
    encoded = line.rstrip(b"\0").split(b" ")[0].strip()
    try:
        words, _, modulus, _, exponent = PUBLIC_KEY.unpack(base64.b64decode(encoded, validate=True))
    except (binascii.Error, struct.error) as error:
        raise ValueError(f"not an ADB public key: {error}") from None
    if words != MODULUS_WORDS:
        raise ValueError(f"not an RSA-2048 key: {words} words")
    return rsa.RSAPublicNumbers(exponent, int.from_bytes(modulus, "little")).public_key()


def fingerprint(line: bytes) -> str:
    """Return the MD5 fingerprint that Android shows in its `Allow USB debugging?` dialog."""
    key = base64.b64decode(line.rstrip(b"\0").split(b" ")[0].strip())
    digest = hashlib.md5(key, usedforsecurity=False).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


class Authorization:
    """The keys a device trusts, and those that wait to be allowed.

    `required=False` lets everybody in, like an engineering box. With `accept_first`, the first key that
    is offered while none is trusted is allowed at once; each later one waits for `allow`.
    """

    def __init__(self, required: bool, keys: Iterable[bytes] = (), *, accept_first: bool = True) -> None:
        self.required = required
        self._accept_first = accept_first
        self._trusted = {fingerprint(line): parse_public_key(line) for line in keys}
        self._waiting: dict[str, rsa.RSAPublicKey] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._lock = threading.Lock()

    @staticmethod
    def token() -> bytes:
        """Return a fresh challenge."""
        return secrets.token_bytes(TOKEN_BYTES)

    def verify(self, token: bytes, signature: bytes) -> bool:
        """Return whether a trusted key signed `token`, taken as a SHA-1 digest (PKCS#1 v1.5)."""
        with self._lock:
            keys = list(self._trusted.values())
        return any(_signed(key, token, signature) for key in keys)

    def offer(self, line: bytes) -> tuple[str, bool]:
        """Take a public key; return its fingerprint, and whether it is trusted now.

        Raises ValueError when it is no ADB public key.
        """
        key = parse_public_key(line)
        name = fingerprint(line)
        with self._lock:
            if not self._trusted and self._accept_first:
                self._trusted[name] = key
            trusted = name in self._trusted
            if not trusted:
                self._waiting[name] = key
        return name, trusted

    @property
    def waiting(self) -> list[str]:
        """Return the fingerprints of the keys that were offered and not allowed yet."""
        with self._lock:
            return list(self._waiting)

    def allow(self, name: str) -> None:
        """Trust a waiting key, as by a tap on the dialog; its connection goes on.

        Raises LookupError when no such key waits.
        """
        with self._lock:
            if name not in self._waiting:
                raise LookupError(f"no key {name} waits to be allowed")
            self._trusted[name] = self._waiting.pop(name)
            listeners = list(self._listeners)
        for listener in listeners:
            listener(name)

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call `listener` with each key that is allowed, from the allowing thread; return how to stop it."""
        with self._lock:
            self._listeners.append(listener)

        def forget() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return forget


def _signed(key: rsa.RSAPublicKey, token: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, token, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))  # noqa: S303
    except InvalidSignature:
        return False
    return True
