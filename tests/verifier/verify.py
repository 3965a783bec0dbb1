#!/usr/bin/env python3
"""Verifies Poundlock's ledgers and proofs, knowing nothing but docs/ledger-format.md.

    verify.py LEDGER_DIR             a whole ledger
    verify.py receipt FILE           a receipt
    verify.py fork FILE              the proof that two checkpoints cannot both be true
    verify.py cases FILE             many of them, in this process

Needs Python 3.11 or later, and the packages in requirements.txt beside this file.
Prints what was verified and exits with 0, or the first fault and its place and exits with 1.
Exits with 2 when a file cannot be read.

Each line of a file of cases is a JSON object, with the keys to trust under "keys". Other files and texts
are given in hexadecimal.

    {"ledger": DIR, "edits": […], "since": TEXT}      a ledger, as it would be with these edits
    {"receipt": TEXT, "origin": NAME}
    {"fork": TEXT}
    {"inclusion": {"index", "size", "hashes"}, "entry", "root"}
    {"consistency": {"from", "size", "hashes"}, "earlier", "later"}

An edit {"file", "at", "remove", "insert"} replaces that many bytes at that place by others; {"file", "content"}
replaces a whole file, or removes it when the content is null. For every line, one line is
printed: `sound`, `noted` (sound, but something is worth mentioning), or `fault` and what it is.
"""

import argparse
import functools
import json
import pathlib
import sys

sys.dont_write_bytecode = True

from encoding import Fault
from ledger import Altered, Directory, Remembered, Verifier
from notes import Keys, verify_fork, verify_receipt
from tree import check_consistency, check_inclusion, leaf_hash


def verify_case(case):
    """Verifies one case; says whether there is something worth mentioning."""
    keys = case.get("keys", [])
    if "ledger" in case:
        base = base_of(case["ledger"])
        files = Altered(base, edited(base, case["edits"]))
        since = case.get("since")
        since = None if since is None else bytes.fromhex(since)
        _, notes = Verifier(files, keys, since=since).verify()
        return bool(notes)
    if "receipt" in case:
        verify_receipt(bytes.fromhex(case["receipt"]), Keys(keys), case.get("origin"))
    elif "fork" in case:
        verify_fork(bytes.fromhex(case["fork"]), Keys(keys))
    elif "inclusion" in case:
        proof = case["inclusion"]
        entry, root = bytes.fromhex(case["entry"]), bytes.fromhex(case["root"])
        check_inclusion(leaf_hash(entry), proof["index"], proof["size"], hashes_of(proof), root)
    elif "consistency" in case:
        proof = case["consistency"]
        earlier, later = bytes.fromhex(case["earlier"]), bytes.fromhex(case["later"])
        check_consistency(proof["from"], proof["size"], hashes_of(proof), earlier, later)
    else:
        raise ValueError("a case is of no known kind")
    return False


@functools.cache
def base_of(directory):
    return Remembered(Directory(directory))


def hashes_of(proof):
    return [bytes.fromhex(each) for each in proof["hashes"]]


def edited(base, edits):
    """The contents of the files that edits change."""
    files = {}
    for edit in edits:
        name = edit["file"]
        if "content" in edit:
            content = edit["content"]
            files[name] = None if content is None else bytes.fromhex(content)
            continue
        content = files[name] if name in files else base.read(name)
        end = edit["at"] + edit["remove"]
        if end > len(content):
            raise ValueError(f"an edit lies beyond the end of {name}")
        files[name] = content[: edit["at"]] + bytes.fromhex(edit["insert"]) + content[end:]
    return files


def verify_cases(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                print("noted" if verify_case(json.loads(line)) else "sound")
            except Fault as fault:
                print(f"fault {fault}")


def verify_ledger(arguments):
    since = arguments.since and pathlib.Path(arguments.since).read_bytes()
    files = Directory(arguments.path)
    head, notes = Verifier(files, arguments.key, arguments.threshold, since).verify()
    for note in notes:
        print(f"note: {note}")
    print(f"verified {head['size']} entries, root sha256:{head['root'].hex()}")


def verify_text(arguments):
    data = pathlib.Path(arguments.path).read_bytes()
    keys = Keys(arguments.key, arguments.threshold)
    if arguments.what == "receipt":
        entry, checkpoint = verify_receipt(data, keys, arguments.origin)
        place = f"entry {entry['sequence']} of {checkpoint.origin}, of kind {entry['kind']}"
        print(f"verified {place}, under a checkpoint of {checkpoint.size} entries")
    else:
        earlier, later = verify_fork(data, keys)
        print(f"verified that {earlier.origin} was forked: {earlier.size} and {later.size} entries")


def key_of(text):
    """A verifier key, or the one in the file of that name."""
    path = pathlib.Path(text)
    return path.read_text(encoding="utf-8").rstrip() if path.is_file() else text


def main():
    words = sys.argv[1:]
    what = words.pop(0) if words[:1] in (["receipt"], ["fork"], ["cases"]) else "ledger"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", help="the directory or file to verify")
    parser.add_argument("--key", action="append", type=key_of, default=[], help="a verifier key to trust, or its file")
    parser.add_argument("--threshold", type=int, default=1, help="how many keys must have signed")
    parser.add_argument("--origin", help="the ledger that a receipt must be from")
    parser.add_argument("--since", help="the file of a checkpoint that the ledger must continue")
    arguments = parser.parse_args(words)
    arguments.what = what
    try:
        if what == "cases":
            verify_cases(arguments.path)
        elif what == "ledger":
            verify_ledger(arguments)
        else:
            verify_text(arguments)
    except Fault as fault:
        print(fault)
        return 1
    except OSError as error:
        print(f"{error.filename} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
