"""The Merkle tree of RFC 6962, and proofs about it."""

import hashlib

from encoding import Fault

EMPTY_ROOT = hashlib.sha256().digest()
MAX_SIZE = 2**63 - 1
MAX_HASHES = 64


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A Merkle tree by its frontier, and by the nodes that tiles hold."""

    def __init__(self):
        self.size = 0
        self.subtrees = []  # (height, root) of each perfect subtree
        self.tiles = {}  # by height: the nodes, one after the other

    def add(self, leaf):
        self.size += 1
        self.subtrees.append((0, leaf))
        self.keep(0, leaf)
        while len(self.subtrees) > 1 and self.subtrees[-1][0] == self.subtrees[-2][0]:
            (height, right), (_, left) = self.subtrees.pop(), self.subtrees.pop()
            node = node_hash(left, right)
            self.subtrees.append((height + 1, node))
            self.keep(height + 1, node)

    def keep(self, height, node):
        if height % 4 == 0:
            self.tiles.setdefault(height, bytearray()).extend(node)

    def frontier(self):
        return [node for _, node in self.subtrees]

    def root(self):
        return root_of(self.frontier())


def root_of(frontier):
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def check_inclusion(leaf, index, size, hashes, root):
    """Demands that a leaf is at an index of the tree with this root."""
    proof = Proof(size, hashes)
    if index >= size:
        raise invalid("the index is not below the size")
    if proof.up(leaf, index, size) != root:
        raise invalid("the proof does not lead from the leaf to the root")


def check_consistency(old_size, size, hashes, old, new):
    """Demands that the tree with the root `old` is the beginning of the one with the root `new`."""
    proof = Proof(size, hashes)
    if old_size > size:
        raise invalid("the proof leads to a smaller tree")
    if old_size == 0:
        proof.demand_end()
        roots = (EMPTY_ROOT, EMPTY_ROOT if size == 0 else new)
    else:
        roots = proof.both(old, old_size, size, True)
    if roots != (old, new):
        raise invalid("the proof does not lead from one root to the other")


class Proof:
    """The hashes of a proof, of which the last is taken first."""

    def __init__(self, size, hashes):
        if size > MAX_SIZE or len(hashes) > MAX_HASHES:
            raise invalid("the proof speaks of a tree that is too large")
        self.hashes = list(hashes)

    def pop(self):
        if not self.hashes:
            raise invalid("the proof is too short")
        return self.hashes.pop()

    def demand_end(self):
        if self.hashes:
            raise invalid("the proof is too long")

    def up(self, leaf, index, size):
        """The root of a tree of `size` leaves."""
        if size == 1:
            self.demand_end()
            return leaf
        last, left = self.pop(), left_part(size)
        if index < left:
            return node_hash(self.up(leaf, index, left), last)
        return node_hash(last, self.up(leaf, index - left, size - left))

    def both(self, old, old_size, size, whole):
        """The roots of a tree of `size` leaves as it was and as it is."""
        if old_size == size:
            last = old if whole else self.pop()
            self.demand_end()
            return last, last
        last, left = self.pop(), left_part(size)
        if old_size <= left:
            before, after = self.both(old, old_size, left, whole)
            return before, node_hash(after, last)
        before, after = self.both(old, old_size - left, size - left, False)
        return node_hash(last, before), node_hash(last, after)


def left_part(size):
    """The largest power of two that is smaller."""
    return 1 << ((size - 1).bit_length() - 1)


def invalid(message):
    return Fault("proof.invalid", message)
