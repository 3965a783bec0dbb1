"""The resources of a Terraform configuration, from the files that Checkov scans."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Collection, Iterable, Mapping, Sequence

from ._expressions import UNKNOWN, Resolver, pointers
from ._types import converted

__all__ = ["Configuration", "Resource", "root_of"]

# What Terraform itself reads of a resource; blocks inside of it may have attributes of the same names.
_META = frozenset(("count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "dynamic"))
_INSTANCE_KEY = r"\[(?:(\d+)|\"((?:[^\"\\]|\\.)*)\")\]"
_SET = re.compile(r"\$\{toset\((.*)\)\}", re.DOTALL)
_ADDRESS = re.compile(rf"((?:module\.[\w-]+(?:{_INSTANCE_KEY})?\.)*[\w-]+\.[\w-]+)(?:{_INSTANCE_KEY})?")


@dataclass(frozen=True)
class Resource:
    """One resource, as the library reads those that a host describes."""

    address: str
    type: str
    values: Mapping[str, Any]
    unknown: Sequence[str]
    file: str
    lines: tuple[int, int]

    def document(self) -> dict[str, Any]:
        """What `Plan.resources` reads."""
        return {
            "type": self.type,
            "address": self.address,
            "object": self.values,
            "unknown": list(self.unknown),
        }


class _File:
    """A file, as the parser of Checkov reads it, and its lines."""

    def __init__(self, path: str) -> None:
        import hcl2

        text = Path(path).read_text("utf-8")
        self.lines = text.splitlines()
        self.blocks: Mapping[str, Any] = hcl2.loads(text)

    def each(self, kind: str) -> Iterable[Mapping[str, Any]]:
        found = self.blocks.get(kind, [])
        return [block for block in found if isinstance(block, dict)]


class _Module:
    """A module where it is called, or a root: what variables and local values mean in it."""

    def __init__(
        self, files: Mapping[str, _File], arguments: Resolver | None, call: Mapping[str, Any]
    ) -> None:
        self._locals: dict[str, list[Any]] = {}
        self._variables: dict[str, list[Mapping[str, Any]]] = {}
        for file in files.values():
            for block in file.each("locals"):
                for name, value in block.items():
                    self._locals.setdefault(name, []).append(_only(value))
            for block in file.each("variable"):
                for name, body in block.items():
                    self._variables.setdefault(name, []).append(body)
        self._call = call
        self._arguments = arguments
        self.resolver = self.instance({})

    def instance(self, scopes: Mapping[str, Any]) -> Resolver:
        """What names mean within one instance of a resource."""
        return Resolver({"var": self._variable, "local": self._local, **scopes})

    def _local(self, name: str) -> Any:
        declared = self._locals.get(name, [])
        return self.resolver.value(declared[0]) if len(declared) == 1 else UNKNOWN

    def _variable(self, name: str) -> Any:
        declared = self._variables.get(name, [])
        if len(declared) != 1 or _only(declared[0].get("sensitive", [False])) is not False:
            return UNKNOWN
        body = declared[0]
        if name in self._call:
            given = self._call[name]
            value = given if self._arguments is None else self._arguments.value(_only(given))
            if value is None and "nullable" in body:
                return UNKNOWN
        elif "default" in body:
            value = Resolver({}).value(_only(body["default"]))
        else:
            return UNKNOWN
        return converted(value, _only(body["type"])) if "type" in body else value


class Configuration:
    """A root module with all that it calls, under the values of its variables.

    `scanned` are its files, as Checkov names them: together with the call of the module that they belong to. `found`
    are the resources that Checkov found in them, by file and address.
    """

    def __init__(
        self, variable_files: Iterable[str], scanned: Iterable[Any], found: Iterable[tuple[str, str]]
    ) -> None:
        self._variable_files = list(variable_files)
        self._scanned = list(scanned)
        self._instances: dict[tuple[str, str], list[str]] = {}
        for file, address in found:
            self._instances.setdefault((file, _split(address)[0]), []).append(address)
        self._files: dict[str, _File] = {}
        self._modules: dict[Any, _Module] = {}

    def resources(self) -> list[Resource]:
        """Every resource. What Checkov left out stays in, unless none is declared, whatever values are given."""
        resources: list[Resource] = []
        for key in self._scanned:
            if self._is_off(key.tf_source_modules):
                continue
            for address, type_name, body, repeated in self._declared(key):
                if _is_none(body):
                    continue
                found = self._instances.get((key.file_path, address), [])
                keys = _keys(body, self._module(key).resolver)
                if not found or not {_split(it)[1] for it in found}.issuperset(keys or ()):
                    # One that stands for all others.
                    found = [*found, address]
                for instance in found:
                    resources.append(self._resource(key, instance, type_name, body, repeated))
        return resources

    def unread(self) -> list[Resource]:
        """The modules that are called and of which no file was scanned."""
        sources = [key.tf_source_modules for key in self._scanned]
        read = {(source.path, source.name) for source in sources if source is not None}
        found = []
        for key in self._scanned:
            for block in self._file(key.file_path).each("module"):
                for name, body in block.items():
                    if (key.file_path, name) not in read and not _is_none(body):
                        address = f"{_prefix(key.tf_source_modules)}module.{name}"
                        lines = (body.get("__start_line__", 1), body.get("__end_line__", 1))
                        found.append(Resource(address, "module", {}, [], key.file_path, lines))
        return found

    def _declared(self, key: Any) -> Iterable[tuple[str, str, Mapping[str, Any], bool]]:
        prefix = _prefix(key.tf_source_modules)
        folder = Path(key.file_path).parent
        all_of_it = [block for file in self._folder(folder).values() for block in file.each("resource")]
        for block in self._file(key.file_path).each("resource"):
            for type_name, named in block.items():
                for name, body in named.items():
                    times = sum(name in other.get(type_name, {}) for other in all_of_it)
                    yield f"{prefix}{type_name}.{name}", type_name, body, times > 1

    def _resource(self, key: Any, address: str, type_name: str, body: Mapping[str, Any], repeated: bool) -> Resource:
        file = self._file(key.file_path)
        first, last = body.get("__start_line__", 1), body.get("__end_line__", 1)
        source = "\n".join(file.lines[first - 1 : last])
        module = self._module(key)
        resolver = module.instance(_scopes(address, body, module.resolver))
        values = _body(body, resolver, source, _META)
        for name in _dynamic(body):
            values[name] = UNKNOWN
        if repeated:
            # Which of several declarations overrides which is Terraform's to say.
            values = {name: UNKNOWN for name in values}
        unknown: list[str] = []
        known = pointers(values, "", unknown)
        return Resource(address, type_name, known, unknown, key.file_path, (first, last))

    def _module(self, key: Any) -> _Module:
        folder = Path(key.file_path).parent
        known = (str(folder), str(key.tf_source_modules))
        if known not in self._modules:
            files = self._folder(folder)
            source = key.tf_source_modules
            if source is None:
                self._modules[known] = _Module(files, None, self._given(folder))
            else:
                caller = _Caller(source.path, source.nested_tf_module)
                call = self._call(source)
                calling = self._module(caller)
                scopes = _scopes(_instance_of(source), call, calling.resolver)
                self._modules[known] = _Module(files, calling.instance(scopes), call)
        return self._modules[known]

    def _call(self, source: Any) -> Mapping[str, Any]:
        calls = [block[source.name] for block in self._file(source.path).each("module") if source.name in block]
        return calls[0] if len(calls) == 1 else {}

    def _is_off(self, source: Any) -> bool:
        """Whether a module or one around it is never called."""
        return source is not None and (_is_none(self._call(source)) or self._is_off(source.nested_tf_module))

    def _given(self, folder: Path) -> dict[str, Any]:
        """The values that files give to the variables of a root module, the last of several."""
        given: dict[str, Any] = {}
        names = ["terraform.tfvars", "terraform.tfvars.json"]
        automatic = [*folder.glob("*.auto.tfvars"), *folder.glob("*.auto.tfvars.json")]
        files = [folder / name for name in names] + sorted(automatic) + [Path(it) for it in self._variable_files]
        for file in files:
            if file.is_file():
                raw = json.loads(file.read_text("utf-8")) if file.suffix == ".json" else _File(str(file)).blocks
                wrapped = file.suffix != ".json"
                for name, value in raw.items():
                    given[name] = Resolver({}).value(_only(value)) if wrapped else value
        return given

    def _folder(self, folder: Path) -> Mapping[str, _File]:
        return {str(path): self._file(str(path)) for path in sorted(folder.glob("*.tf"))}

    def _file(self, path: str) -> _File:
        if path not in self._files:
            self._files[path] = _File(path)
        return self._files[path]


@dataclass(frozen=True)
class _Caller:
    """The file that calls a module, named as Checkov names files."""

    file_path: str
    tf_source_modules: Any


def root_of(file: str, source: Any) -> str:
    """The folder of the root module to which a file belongs, through the call of its module if there is one."""
    while source is not None:
        file, source = source.path, source.nested_tf_module
    return str(Path(file).parent)


def _split(address: str) -> tuple[str, int | str | None]:
    """An address without the instance key at its end, and the key."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return address, None
    base, number, text = match[1], match[4], match[5]
    return base, text if number is None else int(number)


def _only(value: Any) -> Any:
    """What an attribute is: the parser puts every one into a list."""
    return value[0] if isinstance(value, list) and len(value) == 1 else "${unreadable()}"


def _prefix(source: Any) -> str:
    if source is None:
        return ""
    return f"{_prefix(source.nested_tf_module)}{_instance_of(source)}."


def _instance_of(source: Any) -> str:
    index = source.foreach_idx
    if index is None:
        return f"module.{source.name}"
    key = str(index) if isinstance(index, int) else f'"{index}"'
    return f"module.{source.name}[{key}]"


def _scopes(address: str, body: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    """What `count` and `each` mean for the instance of an address. Which instances there are, Checkov only guesses."""
    _, instance = _split(address)
    known = instance is not None and instance in (_keys(body, resolver) or ())
    count = instance if known and isinstance(instance, int) else UNKNOWN
    key = instance if known and isinstance(instance, str) and "\\" not in instance else UNKNOWN
    is_set = _SET.fullmatch(str(_only(body.get("for_each", [])))) is not None
    each = {"key": key, "value": key if is_set else UNKNOWN}
    return {
        "count": lambda name: count if name == "index" else UNKNOWN,
        "each": lambda name: each.get(name, UNKNOWN),
    }


def _keys(body: Mapping[str, Any], resolver: Resolver) -> Collection[int | str] | None:
    """The keys of the instances of a resource or module, where they can be told."""
    if "count" in body:
        count = resolver.value(_only(body["count"]))
        return range(count) if type(count) is int else None
    raw = _only(body.get("for_each", []))
    elements = _SET.fullmatch(raw) if isinstance(raw, str) else None
    if elements is None:
        values = resolver.value(raw) if "for_each" in body else UNKNOWN
        return list(values) if isinstance(values, dict) else None
    try:
        # The parser writes lists within expressions as Python does.
        listed = ast.literal_eval(elements[1]) if elements[1].startswith("[") else f"${{{elements[1]}}}"
    except (ValueError, SyntaxError):
        return None
    values = resolver.value(listed)
    return values if isinstance(values, list) and all(isinstance(it, str) for it in values) else None


def _is_none(body: Mapping[str, Any]) -> bool:
    """Whether there is no instance, whatever values variables are given."""
    keys = _keys(body, Resolver({}))
    return keys is not None and len(keys) == 0


def _dynamic(body: Mapping[str, Any]) -> set[str]:
    blocks = body.get("dynamic", [])
    return {name for block in blocks if isinstance(block, dict) for name in block}


def _body(body: Mapping[str, Any], resolver: Resolver, source: str, meta: frozenset[str] = frozenset()) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, raw in body.items():
        if name in meta or name == "dynamic" or name.startswith("__"):
            continue
        values[name] = _attribute(name, raw, resolver, source)
    return values


def _attribute(name: str, raw: Any, resolver: Resolver, source: str) -> Any:
    if not isinstance(raw, list):
        return UNKNOWN
    blocks = [element for element in raw if isinstance(element, dict)]
    if len(blocks) != len(raw) or not raw:
        return resolver.value(_only(raw))
    # The parser gives a block and an attribute that is a map the same shape; only the source tells them apart.
    quoted = re.escape(name)
    assigned = re.search(rf'(?<![\w.-])"?{quoted}"?\s*=(?!=)', source) is not None
    opened = re.search(rf"(?<![\w.-]){quoted}\s*\{{", source) is not None
    if assigned == opened:
        return UNKNOWN
    if assigned:
        return resolver.value(_only(raw))
    found = []
    for block in blocks:
        values: Any = _body(block, resolver, source)
        for inner in _dynamic(block):
            values[inner] = UNKNOWN
        found.append(values)
    return found
