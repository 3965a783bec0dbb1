"""Faults, and how entries, records and instants are encoded."""

import datetime
import re

import cbor2

FORMAT = 1
MAX_DEPTH = 128
LAST_INSTANT = "9999-12-30T22:00:00.999999999Z"
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{0,8}[1-9]))?Z", re.ASCII)


class Fault(Exception):
    """Something is not what it should be."""

    def __init__(self, code, message, place=None):
        super().__init__(code, message)
        self.code, self.message, self.place = code, message, place

    def __str__(self):
        return f"{self.code}: {self.message}" + (f" ({self.place})" if self.place else "")


def is_integer(item):
    return isinstance(item, int) and not isinstance(item, bool)


def is_hash(item):
    return type(item) is bytes and len(item) == 32


def is_count(item):
    return is_integer(item) and item >= 0


def is_instant(text):
    match = INSTANT.fullmatch(text) if type(text) is str else None
    if not match:
        return False
    try:
        datetime.datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return False
    # Without the Z, a longer fraction of the same second sorts after a shorter one.
    return match[1][17:] < "60" and text[:-1] <= LAST_INSTANT[:-1]


# Deterministic CBOR


def check_item(item, depth=0):
    """Refuses what CBOR has and the format excludes."""
    if isinstance(item, (dict, list)) and depth >= MAX_DEPTH:
        raise ValueError("nested too deep")
    if type(item) is dict:
        for key, value in item.items():
            if type(key) is not str:
                raise ValueError("a key is not text")
            check_item(value, depth + 1)
    elif type(item) is list:
        for value in item:
            check_item(value, depth + 1)
    elif is_integer(item):
        if not -(2**63) <= item < 2**64:
            raise ValueError("an integer is out of range")
    elif not (item is None or type(item) in (bool, str, bytes)):
        raise ValueError(f"a {type(item).__name__} is not allowed")


def decode(data, code, what):
    """The content of one item of deterministic CBOR."""
    try:
        item = cbor2.loads(data)
        check_item(item)
        again = cbor2.dumps(item, canonical=True)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Fault(code, f"{what} is not deterministic CBOR: {error}") from error
    if again != data:
        raise Fault(code, f"{what} is not in the deterministic encoding")
    return item


def fields(data, names, code, what):
    """The content of a map with exactly these fields, of the one format that there is."""
    item = decode(data, code, what)
    if type(item) is not dict or not is_count(item.get("format")):
        raise Fault(code, f"{what} is not a map with a format")
    if item["format"] != FORMAT:
        raise Fault("ledger.format", f"{what} has the unknown format {item['format']}")
    if set(item) != names:
        raise Fault(code, f"{what} lacks fields, or has unknown ones")
    return item


# Entries

MAX_ENTRY = 65_535
ENTRY_FIELDS = {"at", "body", "kind", "format", "previous", "sequence", "attachments"}


def check_entry(data):
    """The content of an entry."""
    if len(data) > MAX_ENTRY:
        raise Fault("limit.entry", f"the entry has more than {MAX_ENTRY} bytes")
    entry = fields(data, ENTRY_FIELDS, "ledger.entry", "the entry")
    attachments = entry["attachments"]
    kind = entry["kind"]
    shape = (
        is_instant(entry["at"])
        and type(entry["body"]) is dict
        and type(kind) is str
        and 1 <= len(kind.encode()) <= 256
        and is_hash(entry["previous"])
        and is_count(entry["sequence"])
        and type(attachments) is list
        and all(map(is_hash, attachments))
        and all(one < following for one, following in zip(attachments, attachments[1:]))
    )
    if not shape:
        raise Fault("ledger.entry", "a field of the entry has a wrong value")
    return entry


# Checksums


def crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC32C = crc32c_table()


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = CRC32C[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


if crc32c(b"123456789") != 0xE3069283:
    raise AssertionError("the checksum is computed wrongly")
