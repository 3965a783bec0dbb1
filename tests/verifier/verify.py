#!/usr/bin/env python3
"""Verifies a Poundlock ledger, knowing nothing but docs/ledger-format.md.

    verify.py LEDGER_DIR                 verifies the ledger
    verify.py LEDGER_DIR --variants FILE verifies altered copies of it, all in this process

Prints what was verified and exits with 0, or the first fault and its place and exits with 1.

Each line of FILE is a JSON list of edits. An edit {"file", "at", "remove", "insert"} replaces that
many bytes at that place by others, written in hexadecimal; {"file", "content"} replaces a whole file,
or removes it when the content is null. For every line, one line is printed: `sound`, `noted` (sound,
but there is something after the head), or `fault` and what it is.
"""

import argparse
import datetime
import functools
import hashlib
import json
import pathlib
import re
import sys

import cbor2

FORMAT = 1
MAX_ENTRY = 65_535
MAX_DEPTH = 128
ZERO = bytes(32)
LAST_INSTANT = "9999-12-30T22:00:00.999999999Z"
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{0,8}[1-9]))?Z", re.ASCII)
SEGMENT = re.compile(r"(\d{20})\.seg", re.ASCII)
HEAD_FIELDS = {"last", "root", "size", "format", "length", "segment", "frontier"}
ENTRY_FIELDS = {"at", "body", "kind", "format", "previous", "sequence", "attachments"}


class Fault(Exception):
    """The ledger is not what it should be."""

    def __init__(self, code, message, place=None):
        super().__init__(code, message)
        self.code, self.message, self.place = code, message, place

    def __str__(self):
        return f"{self.code}: {self.message}" + (f" ({self.place})" if self.place else "")


# Encoding


def is_integer(item):
    return isinstance(item, int) and not isinstance(item, bool)


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
    if type(item) is not dict or not is_integer(item.get("format")):
        raise Fault(code, f"{what} is not a map with a format")
    if item["format"] != FORMAT:
        raise Fault("ledger.format", f"{what} has the unknown format {item['format']}")
    if set(item) != names:
        raise Fault(code, f"{what} lacks fields, or has unknown ones")
    return item


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


# Hashes


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A Merkle tree by its frontier: (number of leaves, root) of each perfect subtree."""

    def __init__(self):
        self.subtrees = []

    def add(self, leaf):
        self.subtrees.append((1, leaf))
        while len(self.subtrees) > 1 and self.subtrees[-1][0] == self.subtrees[-2][0]:
            (count, right), (_, left) = self.subtrees.pop(), self.subtrees.pop()
            self.subtrees.append((2 * count, node_hash(left, right)))

    def frontier(self):
        return [node for _, node in self.subtrees]


def root_of(frontier):
    if not frontier:
        return hashlib.sha256().digest()
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


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


# Files


class Directory:
    """The files of a ledger, as they are."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def read(self, name):
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def list(self, name):
        try:
            return {item.name for item in (self.path / name).iterdir()}
        except (FileNotFoundError, NotADirectoryError):
            return set()


class Altered:
    """The files of a ledger with some of them replaced; None stands for a file that is gone."""

    def __init__(self, base, files):
        self.base, self.files = base, files

    def read(self, name):
        return self.files[name] if name in self.files else self.base.read(name)

    def list(self, name):
        names = self.base.list(name)
        for path, content in self.files.items():
            parent, _, child = path.rpartition("/")
            if parent == name:
                (names.discard if content is None else names.add)(child)
        return names


# Verifying


def check_head(data):
    if data is None:
        raise Fault("ledger.head", "the head is missing")
    head = fields(data, HEAD_FIELDS, "ledger.head", "the head")
    size, frontier = head["size"], head["frontier"]
    shape = (
        all(map(is_count, (size, head["length"], head["segment"])))
        and is_hash(head["last"])
        and is_hash(head["root"])
        and type(frontier) is list
        and all(map(is_hash, frontier))
    )
    if not shape:
        raise Fault("ledger.head", "a field of the head has a wrong value")
    agrees = (
        len(frontier) == bin(size).count("1")
        and root_of(frontier) == head["root"]
        and (size > 0 or head["last"] == ZERO)
        and (size == 0) == (head["length"] == 0 and head["segment"] == 0)
    )
    if not agrees:
        raise Fault("ledger.head", "the fields of the head contradict each other")
    return head


# The same records are found in many variants of a ledger.
@functools.lru_cache(maxsize=4096)
def check_record(header, rest):
    """The entry in a record: its content and its hash."""
    length = int.from_bytes(header[:4], "little")
    entry, padding = rest[:length], rest[length:]
    if crc32c(header[:4] + entry) != int.from_bytes(header[4:], "little"):
        raise Fault("ledger.checksum", "the checksum of the record is wrong")
    if any(padding):
        raise Fault("ledger.record", "the padding of the record is not zero")
    return check_entry(entry), leaf_hash(entry)


def check_entry(data):
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


def next_record(data, at):
    """The header of the record at that place, and the rest of it."""
    header = data[at : at + 8]
    if len(header) < 8:
        raise Fault("ledger.truncated", "the record is cut off")
    length = int.from_bytes(header[:4], "little")
    if not 1 <= length <= MAX_ENTRY:
        raise Fault("ledger.record", "the length of the record is out of range")
    padded = (length + 7) // 8 * 8
    rest = data[at + 8 : at + 8 + padded]
    if len(rest) < padded:
        raise Fault("ledger.truncated", "the record is cut off")
    return header, rest


def check_attachments(files, entry, sound):
    for digest in entry["attachments"]:
        if digest in sound:
            continue
        name = digest.hex()
        content = files.read(f"attachments/sha256/{name[:2]}/{name[2:]}")
        if content is None:
            raise Fault("ledger.attachment_missing", f"the attachment {name} is missing")
        if hashlib.sha256(content).digest() != digest:
            raise Fault("ledger.attachment_mismatch", f"the attachment {name} was changed")
        sound.add(digest)


def verify(files):
    """Verifies a whole ledger. Returns its head, and what is worth mentioning."""
    head = check_head(files.read("head"))
    tree, last, sound = Tree(), ZERO, set()
    visited, segment, at = set(), 0, 0
    data = None
    for sequence in range(head["size"]):
        place = f"entry {sequence}"
        if data is None or at == len(data):
            # The next segment is named by the entry that it begins with.
            segment, at = sequence, 0
            data = files.read(f"segments/{segment:020}.seg")
            visited.add(segment)
            if not data:
                raise Fault("ledger.truncated", "the ledger ends here, or a segment is missing", place)
        try:
            header, rest = next_record(data, at)
            entry, entry_hash = check_record(header, rest)
            if entry["sequence"] != sequence:
                raise Fault("ledger.sequence", f"the entry says that it is {entry['sequence']}")
            if entry["previous"] != last:
                raise Fault("ledger.link_mismatch", "the hash of the entry before it is another")
            check_attachments(files, entry, sound)
        except Fault as fault:
            raise Fault(
                fault.code, fault.message, f"{place}, segment {segment} at byte {at}"
            ) from fault
        last = entry_hash
        tree.add(entry_hash)
        at += 8 + len(rest)

    found = (last, root_of(tree.frontier()), tree.frontier(), segment, at)
    expected = (head["last"], head["root"], head["frontier"], head["segment"], head["length"])
    if found != expected:
        raise Fault("ledger.head_mismatch", "the entries do not add up to the head", f"entry {head['size']}")

    notes, later = [], []
    for name in sorted(files.list("segments")):
        match = SEGMENT.fullmatch(name)
        first = int(match[1]) if match else None
        if not match or first >= 2**64 or (first < head["size"] and first not in visited):
            raise Fault("ledger.directory", "a file does not belong among the segments", name)
        if first >= head["size"]:
            later.append(files.read(f"segments/{name}") or b"")
    after = sum(map(len, later)) + len(data if data is not None else b"") - at
    if after or later:
        notes.append(f"{after} bytes after the head are not part of the ledger")
    return head, notes


def verify_variants(directory, path):
    """Verifies altered copies of a ledger."""
    base = Directory(directory)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            files = {}
            for edit in json.loads(line):
                name = edit["file"]
                if "content" in edit:
                    content = edit["content"]
                    files[name] = None if content is None else bytes.fromhex(content)
                    continue
                content = files.get(name) or base.read(name)
                end = edit["at"] + edit["remove"]
                if end > len(content):
                    raise ValueError(f"an edit lies beyond the end of {name}")
                files[name] = content[: edit["at"]] + bytes.fromhex(edit["insert"]) + content[end:]
            try:
                _, notes = verify(Altered(base, files))
                print("noted" if notes else "sound")
            except Fault as fault:
                print(f"fault {fault}")


def main():
    parser = argparse.ArgumentParser(description="Verifies a Poundlock ledger.")
    parser.add_argument("ledger", help="the directory of the ledger")
    parser.add_argument("--variants", metavar="FILE", help="edits to verify the ledger with")
    arguments = parser.parse_args()
    if crc32c(b"123456789") != 0xE3069283:
        sys.exit("the checksum is computed wrongly")
    if arguments.variants:
        verify_variants(arguments.ledger, arguments.variants)
        return 0
    try:
        head, notes = verify(Directory(arguments.ledger))
    except Fault as fault:
        print(fault)
        return 1
    for note in notes:
        print(f"note: {note}")
    print(f"verified {head['size']} entries, root sha256:{head['root'].hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
