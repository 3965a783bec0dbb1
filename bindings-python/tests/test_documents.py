"""The data classes: values with attributes that keep the library's text."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import InitVar, dataclass
from typing import Any, ClassVar, Mapping

import pytest
from poundlock._document import Document, of_text
from poundlock import InputError, LimitError, PoundlockError
from poundlock._native import to_json


class Leaf(Document):
    code: str
    note: str | None = None

    _members: ClassVar[Mapping[str, tuple[str, Any]]] = {
        "code": ("code", None),
        "note": ("note", None),
    }


class Tree(Document):
    plan_digest: str
    leaves: tuple[Leaf, ...] = ()
    named: Mapping[str, Leaf] | None = None
    best: Leaf | None = None
    extra: Mapping[str, Any] | None = None

    _members: ClassVar[Mapping[str, tuple[str, Any]]] = {
        "plan_digest": ("planDigest", None),
        "leaves": ("leaves", [Leaf]),
        "named": ("named", {"": Leaf}),
        "best": ("best", Leaf),
        "extra": ("extra", None),
    }


TEXT = '{"leaves": [{"code":"a.b", "new":1}], "planDigest":"d","named":{"x":{"code":"c"}},"extra":{"n":[1,{}]}}'


def test_the_text_is_kept_byte_for_byte() -> None:
    assert Tree.from_json(TEXT).to_json() == TEXT
    assert Tree.from_json(TEXT.encode()).to_json() == TEXT
    assert Tree.from_json(TEXT).to_dict() == json.loads(TEXT)


def test_members_are_attributes() -> None:
    tree = Tree.from_json(TEXT)
    assert tree.plan_digest == "d"
    assert tree.leaves[0] == Leaf.from_json('{"new":1,"code":"a.b"}')
    assert tree.leaves[0].note is None
    assert tree.leaves[0].to_json() == '{"code":"a.b","new":1}'
    assert tree.named is not None
    assert tree.named["x"].code == "c"
    assert tree.best is None
    assert tree.extra == {"n": (1, {})}


def test_text_is_parsed_when_it_is_first_read() -> None:
    tree = of_text(Tree, "not read yet")
    assert tree.to_json() == "not read yet"
    with pytest.raises(PoundlockError):
        tree.plan_digest  # noqa: B018


def test_nothing_can_be_changed() -> None:
    tree = Tree.from_json(TEXT)
    with pytest.raises(AttributeError):
        tree.plan_digest = "e"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del tree.plan_digest
    assert tree.extra is not None
    with pytest.raises(TypeError):
        tree.extra["n"] = 2  # type: ignore[index]
    changed = tree.to_dict()
    changed["planDigest"] = "e"
    assert tree.plan_digest == "d"


def test_keywords_make_the_same_document() -> None:
    made = Tree(
        plan_digest="d",
        leaves=(Leaf(code="a.b"),),
        named={"x": Leaf(code="c", note=None)},
    )
    assert made == Tree.from_json('{"planDigest":"d","leaves":[{"code":"a.b"}],"named":{"x":{"code":"c"}}}')
    assert made.leaves[0].code == "a.b"
    with pytest.raises(TypeError):
        Leaf(cod="a.b")  # type: ignore[call-arg]


def test_equal_documents_are_one_in_a_set() -> None:
    one, same = Leaf.from_json('{"code":"a","note":"b"}'), Leaf.from_json('{ "note":"b","code":"a" }')
    assert len({one, same}) == 1
    assert one != Leaf(code="a")
    assert one != "a"


def test_documents_are_copied_and_pickled_by_their_text() -> None:
    tree = Tree.from_json(TEXT)
    assert copy.copy(tree) is tree
    assert copy.deepcopy(tree) is tree
    again = pickle.loads(pickle.dumps(tree))
    assert again == tree
    assert again.to_json() == TEXT
    assert pickle.loads(pickle.dumps(tree.extra)) == tree.extra


def test_what_is_shown_is_short() -> None:
    shown = repr(Tree(plan_digest="d" * 10_000, leaves=tuple(Leaf(code="x") for _ in range(1000))))
    assert shown.startswith("Tree(plan_digest='ddd")
    assert len(shown) < 200


@pytest.mark.parametrize("text", ["[]", "1", '"{}"', "null", "", "{", '{"a":1,"a":2}', "{'a':1}", '{"a":NaN}'])
def test_only_one_object_is_a_document(text: str) -> None:
    with pytest.raises(InputError):
        Leaf.from_json(text)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        pytest.param({"a": [0, {"~/": 2**64}]}, "input.invalid_value", "/a/1/~0~1", id="beyond 64 bits"),
        pytest.param({"a": -(2**63) - 1}, "input.invalid_value", "/a", id="below 64 bits"),
        pytest.param([float("nan")], "input.invalid_value", "/0", id="not a number"),
        pytest.param({"a": float("-inf")}, "input.invalid_value", "/a", id="infinite"),
        pytest.param({1: "a"}, "input.invalid_value", "", id="a key that is no text"),
        pytest.param({"a": "\ud800"}, "input.encoding", "/a", id="half a character"),
        pytest.param({"\udfff": 1}, "input.encoding", "", id="half a character in a key"),
    ],
)
def test_what_json_cannot_hold_is_refused(value: object, code: str, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        to_json(value)
    assert caught.value.code == code
    assert (caught.value.pointer or "") == pointer


def test_a_document_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for value in (endless, nested(200)):
        with pytest.raises(LimitError) as caught:
            to_json(value)
        assert caught.value.code == "limit.depth"


@pytest.mark.parametrize("value", [object(), {"a": {1, 2}}, b"{}", Leaf, 1j])
def test_what_has_no_json_form_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        to_json(value)


def test_objects_are_written_as_json_does() -> None:
    value = {
        "a": [0, -1, 2**64 - 1, -(2**63), 1.5, -0.0, 1e300, 0.1],
        "é\u0000\"\\\U0001f600": [True, False, None, (), {}],
    }
    assert json.loads(to_json(value)) == {**value, "é\u0000\"\\\U0001f600": [True, False, None, [], {}]}
    assert to_json({"b": 1, "a": Leaf.from_json('{ "code" : "x" }')}) == '{"b":1,"a":{ "code" : "x" }}'


@dataclass
class Own:
    plan_digest: str
    at: str | None = None


def test_a_dataclass_is_written_with_json_s_keys() -> None:
    assert to_json([Own("d"), Own("d", "t")]) == '[{"planDigest":"d"},{"planDigest":"d","at":"t"}]'


@dataclass
class Counted:
    made: ClassVar[int] = 0
    by: InitVar[str] = "ann"
    id: str = "r1"


def test_a_dataclass_is_written_by_its_fields_alone() -> None:
    assert to_json(Counted()) == '{"id":"r1"}'


def test_a_document_that_was_never_made_says_so() -> None:
    nothing = Leaf.__new__(Leaf)
    for use in (nothing.to_json, nothing.to_dict, lambda: nothing.code, lambda: repr(nothing)):
        with pytest.raises(TypeError, match="initialised"):
            use()
