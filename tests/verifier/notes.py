"""Keys, signed checkpoints, and the proofs that travel with them."""

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from encoding import Fault, check_entry
from tree import EMPTY_ROOT, MAX_HASHES, MAX_SIZE, check_consistency, check_inclusion, leaf_hash

MAX_CHECKPOINT = 128 * 1024
MAX_SIGNATURES = 100
MAX_PROOF = 288 * 1024
ED25519 = b"\1"
DECIMAL = re.compile(r"0|[1-9][0-9]*", re.ASCII)
FIELD_PRIME = 2**255 - 19
D = -121665 * pow(121666, -1, FIELD_PRIME)
# The y coordinates of the points of small order, for which signatures can be made without a secret.
SMALL_ORDER = {
    0,
    1,
    FIELD_PRIME - 1,
    int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    ),
    int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    ),
}


# Text


def unbase64(text):
    """The bytes that are written so; None when there is no such text for any bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def unbase64_hash(text):
    data = unbase64(text) if len(text) == 44 else None
    return data if data is not None and len(data) == 32 else None


def decimal(text):
    number = int(text) if len(text) <= 19 and DECIMAL.fullmatch(text) else None
    return number if number is not None and number <= MAX_SIZE else None


def plain_text(data, limit, code):
    """UTF-8 of whole lines, without control characters."""
    if len(data) > limit:
        raise Fault("limit.size", f"the text is larger than {limit} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Fault(code, "the text is not valid UTF-8") from error
    if not text.endswith("\n") or any(each < " " and each != "\n" for each in text):
        raise Fault(code, "the text has a control character, or does not end with a line feed")
    return text


def is_name(text):
    bad = any(each.isspace() or each == "+" or is_control(each) for each in text)
    return 1 <= len(text.encode()) <= 256 and not bad


def is_control(character):
    return character < " " or "\x7f" <= character <= "\x9f"


# Keys


class Key:
    """A verifier key: `<name>+<id>+<type and public key in base64>`."""

    def __init__(self, text):
        parts = text.split("+", 2)
        data = unbase64(parts[2]) if len(parts) == 3 else None
        if not data or data[:1] != ED25519 or len(data) != 33 or not is_name(parts[0]):
            raise Fault("key.invalid", "the text is not an Ed25519 verifier key")
        self.name, self.public = parts[0], data[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if parts[1] != self.id.hex():
            raise Fault("key.invalid", "the id is not that of the name and the key")
        if not is_sound_point(self.public):
            raise Fault("key.invalid", "the bytes are not an Ed25519 public key")

    def verify(self, message, signature):
        try:
            # A nonce of small order is not what any signer makes.
            if len(signature) != 64 or not is_sound_point(signature[:32]):
                raise InvalidSignature
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature as error:
            raise Fault("checkpoint.signature", f"a signature of {self.name} is wrong") from error


def is_sound_point(encoded):
    """Whether these bytes are a point, in its only encoding, and not one of small order."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if y >= FIELD_PRIME or y in SMALL_ORDER:
        return False
    # The curve is -x² + y² = 1 + d·x²·y²; there is an x if x² is a square (RFC 8032 §5.1).
    squared = (y * y - 1) * pow(D * y * y + 1, -1, FIELD_PRIME)
    return pow(squared, (FIELD_PRIME - 1) // 2, FIELD_PRIME) == 1


class Keys:
    """Trusted keys, and how many of them must have signed."""

    def __init__(self, texts, threshold=1):
        self.keys, self.threshold = {}, threshold
        for text in texts:
            key = Key(text)
            other = self.keys.setdefault((key.name, key.id), key)
            if other.public != key.public:
                raise Fault("key.ambiguous", "two different keys have the same name and id")
        if not 1 <= threshold <= max(1, len(self.keys)):
            raise Fault("key.invalid", "so many keys cannot be demanded")


# Checkpoints


class Checkpoint:
    """A signed checkpoint: what it says, and who claims to have signed it."""

    def __init__(self, data):
        text = plain_text(data, MAX_CHECKPOINT, "checkpoint.syntax")
        body, empty_line, signed = text.rpartition("\n\n")
        if not empty_line or not signed:
            raise syntax("no empty line parts the text from its signatures")
        self.body = body + "\n"
        lines = signed.split("\n")[:-1]
        if len(lines) > MAX_SIGNATURES:
            raise Fault("limit.count", f"there are more than {MAX_SIGNATURES} signatures")
        self.signatures = [signature_line(line) for line in lines]
        self.read_body()

    def read_body(self):
        lines = self.body.split("\n")[:-1]
        if len(lines) < 3 or not all(lines):
            raise syntax("the text has not three lines, or an empty one")
        self.origin, size, root = lines[:3]
        self.size, self.root = decimal(size), unbase64_hash(root)
        self.extended = len(lines) > 3
        if not is_name(self.origin) or self.size is None or self.root is None:
            raise syntax("origin, size or root have a wrong form")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise syntax("the root is not that of an empty ledger")

    def verify_signed(self, keys, origin=None):
        """Demands that trusted keys of the origin signed, whatever else they signed."""
        if origin is not None and self.origin != origin:
            raise Fault("checkpoint.origin", "the checkpoint is another ledger's")
        own, others = set(), set()
        for name, key_id, signature in self.signatures:
            key = keys.keys.get((name, key_id))
            if key is None:
                continue
            key.verify(self.body.encode(), signature)
            if key in own | others:
                raise Fault("checkpoint.signature", "a known key's signature is there twice")
            (own if name == self.origin else others).add(key)
        if len(own) < keys.threshold:
            if others and not own:
                raise Fault("checkpoint.origin", "only keys of another ledger signed")
            raise Fault("checkpoint.untrusted", "too few trusted keys signed the checkpoint")

    def verify(self, keys, origin=None):
        self.verify_signed(keys, origin)
        if self.extended:
            raise Fault("checkpoint.extended", "the checkpoint has extension lines")


def signature_line(line):
    """Name, id and signature."""
    parts = line.split(" ", 2)
    data = unbase64(parts[2]) if len(parts) == 3 else None
    if parts[0] != "\u2014" or not data or len(data) < 5 or not is_name(parts[1]):
        raise syntax("a signature line is malformed")
    return parts[1], data[:4], data[4:]


def syntax(message):
    return Fault("checkpoint.syntax", message)


# Receipts and fork proofs


def read_lines(data, header):
    lines = plain_text(data, MAX_PROOF, "proof.syntax").split("\n")
    if lines[0] != header:
        raise Fault("proof.syntax", f"the first line is not {header}")
    return lines


def read_hashes(lines, begin, most):
    """The hashes up to an empty line, and the text that follows it."""
    try:
        end = lines.index("", begin, len(lines) - 1)
    except ValueError as error:
        raise Fault("proof.syntax", "there is no empty line after the hashes") from error
    hashes = [unbase64_hash(line) for line in lines[begin:end]]
    if None in hashes or len(hashes) > most:
        raise Fault("proof.syntax", "the hashes have a wrong form, or are too many")
    return hashes, "\n".join(lines[end + 1 :])


def field(lines, number, name):
    line = lines[number] if number < len(lines) else ""
    if not line.startswith(f"{name} "):
        raise Fault("proof.syntax", f"there is no line `{name}`")
    return line.removeprefix(f"{name} ")


def verify_receipt(data, keys, origin=None):
    """Verifies a receipt. Returns the entry and the checkpoint that vouches for it."""
    lines = read_lines(data, "c2sp.org/tlog-proof@v1")
    entry, index = unbase64(field(lines, 1, "extra")), decimal(field(lines, 2, "index"))
    if entry is None or index is None:
        raise Fault("proof.syntax", "the entry or its index has a wrong form")
    hashes, rest = read_hashes(lines, 3, MAX_HASHES)
    checkpoint = Checkpoint(rest.encode())
    checkpoint.verify(keys, origin)
    check_inclusion(leaf_hash(entry), index, checkpoint.size, hashes, checkpoint.root)
    content = check_entry(entry)
    if content["sequence"] != index:
        raise Fault("ledger.sequence", f"the entry says that it is {content['sequence']}")
    return content, checkpoint


def verify_fork(data, keys):
    """Verifies that two checkpoints, which it returns, cannot both be true."""
    lines = read_lines(data, "poundlock/fork@v1")
    hashes, rest = read_hashes(lines, 1, MAX_HASHES + 1)
    parts = rest.split("\n\n")
    if len(parts) != 4:
        raise Fault("proof.syntax", "what follows the hashes is not two checkpoints")
    earlier = Checkpoint(f"{parts[0]}\n\n{parts[1]}\n".encode())
    later = Checkpoint(f"{parts[2]}\n\n{parts[3]}".encode())
    earlier.verify_signed(keys)
    later.verify_signed(keys)
    if earlier.origin != later.origin:
        raise unproven("the checkpoints are those of two ledgers")
    if bool(hashes) != (earlier.size < later.size) or earlier.size > later.size:
        raise unproven("checkpoints of one size need no proof, others one, the earlier first")
    root = later.root
    if hashes:
        root = hashes[0]
        try:
            check_consistency(earlier.size, later.size, hashes[1:], root, later.root)
        except Fault as fault:
            raise unproven("the root is not one that the later ledger had") from fault
    if root == earlier.root:
        raise unproven("the later checkpoint continues the earlier one")
    return earlier, later


def unproven(message):
    return Fault("fork.unproven", message)

