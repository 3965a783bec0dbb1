"""Ed25519 (RFC 8032) in so few lines that it serves as the signer of a host in tests, and for nothing else."""

from __future__ import annotations

import base64
import hashlib
from typing import Tuple

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

Point = Tuple[int, int]


def _add(one: Point, other: Point) -> Point:
    (x, y), (u, v) = one, other
    product = D * x * u * y * v % P
    return (
        (x * v + y * u) * pow(1 + product, P - 2, P) % P,
        (y * v + x * u) * pow(1 - product, P - 2, P) % P,
    )


def _times(scalar: int, point: Point) -> Point:
    sum_: Point = (0, 1)
    while scalar:
        if scalar & 1:
            sum_ = _add(sum_, point)
        point = _add(point, point)
        scalar >>= 1
    return sum_


def _base() -> Point:
    y = 4 * pow(5, P - 2, P) % P
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x & 1 else x, y)


BASE = _base()


def _encode(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


class Key:
    """A secret key, made of its seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.sha512(seed).digest()
        self._scalar = int.from_bytes(expanded[:32], "little") & ((1 << 254) - 8) | 1 << 254
        self._prefix = expanded[32:]
        self.public = _encode(_times(self._scalar, BASE))
        self.pem = (
            "-----BEGIN PRIVATE KEY-----\n"
            + base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + seed).decode()
            + "\n-----END PRIVATE KEY-----\n"
        )

    def sign(self, message: bytes) -> bytes:
        nonce = _number(self._prefix, message) % L
        point = _encode(_times(nonce, BASE))
        challenge = _number(point, self.public, message) % L
        return point + ((nonce + challenge * self._scalar) % L).to_bytes(32, "little")
