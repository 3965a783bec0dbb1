"""The ledger in a directory."""

import functools
import hashlib
import pathlib
import re

from encoding import MAX_ENTRY, Fault, check_entry, crc32c, fields, is_count, is_hash
from notes import Checkpoint, Keys
from tree import Tree, leaf_hash, root_of

ZERO = bytes(32)
SEGMENT = re.compile(r"(\d{20})\.seg", re.ASCII)
HEAD_FIELDS = {"last", "root", "size", "format", "length", "segment", "frontier", "snapshot"}


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
        names = set(self.base.list(name))
        for path, content in self.files.items():
            parent, _, child = path.rpartition("/")
            if parent == name:
                (names.discard if content is None else names.add)(child)
        return names


class Remembered:
    """Files that do not change, each read once."""

    def __init__(self, base):
        self.read = functools.cache(base.read)
        self.list = functools.cache(base.list)


# The head and the records


@functools.lru_cache(maxsize=64)
def check_head(data):
    if data is None:
        raise Fault("ledger.head", "the head is missing")
    head = fields(data, HEAD_FIELDS, "ledger.head", "the head")
    size, frontier, snapshot = head["size"], head["frontier"], head["snapshot"]
    shape = (
        all(map(is_count, (size, head["length"], head["segment"])))
        and is_hash(head["last"])
        and is_hash(head["root"])
        and type(frontier) is list
        and all(map(is_hash, frontier))
        and (snapshot is None or is_count(snapshot))
    )
    if not shape:
        raise Fault("ledger.head", "a field of the head has a wrong value")
    agrees = (
        len(frontier) == size.bit_count()
        and root_of(frontier) == head["root"]
        and (size > 0 or head["last"] == ZERO)
        and (size == 0) == (head["length"] == 0 and head["segment"] == 0)
        and (snapshot is None or snapshot < size)
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


# What entries say that concerns the ledger itself


def part(item, *path):
    """What lies at a path of maps; None where there is no such thing."""
    for name in path:
        item = item.get(name) if type(item) is dict else None
    return item


class Law:
    """Which keys sign the ledger's checkpoints, and which attachments are erased."""

    def __init__(self):
        self.origin, self.keys = None, ()
        self.erased, self.named = {}, {}

    def read(self, entry):
        body, sequence = entry["body"], entry["sequence"]
        for digest in entry["attachments"]:
            self.named[digest] = sequence
        if entry["kind"] == "genesis" and sequence == 0:
            self.origin = part(body, "origin")
            self.read_keys(part(body, "keys"))
        allowed = part(body, "decision", "verdict") == "allow"
        if entry["kind"] == "fact" and allowed:
            self.read_keys(part(body, "fact", "fact", "amendment", "keys"))
            erased = part(body, "fact", "fact", "erasure", "attachment")
            if type(erased) is str:
                self.erased[erased] = sequence

    def read_keys(self, keys):
        if type(keys) is list:
            self.keys = tuple(key for key in keys if type(key) is str)

    def excuses(self, digest):
        return self.erased.get(f"sha256:{digest.hex()}", -1) > self.named[digest]


# Verifying


class Verifier:
    """Verifies a whole ledger, against trusted keys and a remembered checkpoint where they are given."""

    def __init__(self, files, keys=(), threshold=1, since=None):
        self.files, self.trusted, self.threshold = files, tuple(keys), threshold
        # The checkpoint comes first: the head that is read after it reaches as far.
        kept = files.read("checkpoint")
        self.head = check_head(files.read("head"))
        texts = {"the checkpoint": kept, "the remembered checkpoint": since}
        self.checkpoints = {
            what: read_checkpoint(data) for what, data in texts.items() if data is not None
        }
        self.tree, self.law, self.last = Tree(), Law(), ZERO
        self.snapshot = None
        self.sound, self.missing = set(), {}
        self.segments, self.segment, self.at = {}, 0, 0
        self.sizes = {}  # root and keys of the law at the sizes of the checkpoints

    def verify(self):
        """Verifies everything. Returns the head, and what is worth mentioning."""
        size = self.head["size"]
        wanted = {checkpoint.size for checkpoint in self.checkpoints.values()}
        for sequence in range(size):
            if sequence in wanted:
                self.note_size()
            self.read_entry(sequence)
        self.note_size()
        notes = self.check_segments()
        found = (self.last, self.tree.root(), self.tree.frontier(), self.snapshot)
        if found != tuple(self.head[name] for name in ("last", "root", "frontier", "snapshot")):
            message = "the entries do not add up to the head"
            raise Fault("ledger.head_mismatch", message, f"entry {size}")
        self.check_tiles()
        for what, checkpoint in self.checkpoints.items():
            self.check_checkpoint(what, checkpoint)
        for digest, sequence in self.missing.items():
            if not self.law.excuses(digest):
                message = f"the attachment {digest.hex()} is missing"
                raise Fault("ledger.attachment_missing", message, f"entry {sequence}")
            notes.append(f"the attachment {digest.hex()} is erased")
        return self.head, notes

    def read_entry(self, sequence):
        place = f"entry {sequence}"
        data = self.segments.get(self.segment)
        if data is None or self.at == len(data):
            # The next segment is named by the entry that it begins with.
            self.segment, self.at = sequence, 0
            data = self.files.read(f"segments/{sequence:020}.seg")
            self.segments[sequence] = data
            if not data:
                message = "the ledger ends here, or a segment is missing"
                raise Fault("ledger.truncated", message, place)
        try:
            header, rest = next_record(data, self.at)
            entry, entry_hash = check_record(header, rest)
            self.check_next(entry, sequence)
        except Fault as fault:
            place += f", segment {self.segment} at byte {self.at}"
            raise Fault(fault.code, fault.message, place) from fault
        if entry["kind"] == "snapshot":
            self.snapshot = sequence
        self.law.read(entry)
        self.last = entry_hash
        self.tree.add(entry_hash)
        self.at += 8 + len(rest)

    def check_next(self, entry, sequence):
        if entry["sequence"] != sequence:
            raise Fault("ledger.sequence", f"the entry says that it is {entry['sequence']}")
        if entry["previous"] != self.last:
            raise Fault("ledger.link_mismatch", "the hash of the entry before it is another")
        for digest in entry["attachments"]:
            if digest in self.sound:
                continue
            name = digest.hex()
            content = self.files.read(f"attachments/sha256/{name[:2]}/{name[2:]}")
            if content is None:
                self.missing.setdefault(digest, sequence)
            elif hashlib.sha256(content).digest() != digest:
                raise Fault("ledger.attachment_mismatch", f"the attachment {name} was changed")
            else:
                self.sound.add(digest)

    def check_segments(self):
        """Checks where the last record ends, and what else is among the segments."""
        size = self.head["size"]
        if (self.segment, self.at) != (self.head["segment"], self.head["length"]):
            message = "the last entry does not end where the head says"
            raise Fault("ledger.head_mismatch", message, f"entry {size}")
        after = len(self.segments.get(self.segment) or b"") - self.at
        for name in sorted(self.files.list("segments")):
            match = SEGMENT.fullmatch(name)
            first = int(match[1]) if match else None
            if not match or first >= 2**64 or (first < size and first not in self.segments):
                raise Fault("ledger.directory", "a file does not belong among the segments", name)
            if first >= size:
                after += max(1, len(self.files.read(f"segments/{name}") or b""))
        return [f"{after} bytes after the head are not part of the ledger"] if after else []

    def check_tiles(self):
        for height, nodes in sorted(self.tree.tiles.items()):
            name = f"tiles/{height:02}"
            found = (self.files.read(name) or b"")[: len(nodes)]
            if found != nodes:
                message = "the nodes of the tree are not what the entries give, or are missing"
                raise Fault("ledger.tile", message, name)

    def note_size(self):
        self.sizes[self.tree.size] = (self.tree.root(), self.law.keys)

    def check_checkpoint(self, what, checkpoint):
        size = self.head["size"]
        rolled_back = f"the ledger has {size} entries, and had {checkpoint.size}"
        # Whoever was given no keys can only believe those that the ledger names itself.
        root, law_keys = self.sizes[min(checkpoint.size, size)]
        try:
            # An empty ledger names neither an origin nor keys.
            if size == 0 < checkpoint.size:
                raise Fault("checkpoint.rolled_back", rolled_back)
            keys = self.trusted or law_keys
            verify_checkpoint(checkpoint, keys, self.threshold, self.law.origin or "")
            if checkpoint.size > size:
                raise Fault("checkpoint.rolled_back", rolled_back)
            if checkpoint.root != root:
                message = f"the first {checkpoint.size} entries are others than those that were signed"
                raise Fault("checkpoint.inconsistent", message)
        except Fault as fault:
            raise Fault(fault.code, fault.message, what) from fault


# The same checkpoints are found in many variants of a ledger.
@functools.lru_cache(maxsize=1024)
def read_checkpoint(data):
    return Checkpoint(data)


@functools.lru_cache(maxsize=1024)
def verify_checkpoint(checkpoint, keys, threshold, origin):
    checkpoint.verify(Keys(keys, threshold), origin)
