"""Says of documents whether they are what their JSON Schema describes, by an implementation of others.

    validate.py SCHEMAS CASES

SCHEMAS is a directory of schemas. Each line of CASES is a JSON list of a schema's name and a document. Prints for
each `valid`, or `invalid`, the place and why.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, ValidationError


def main(schemas: Path, cases: Path) -> None:
    validators = {}
    for path in schemas.glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        validators[path.stem] = Draft202012Validator(schema)
    for line in cases.read_text(encoding="utf-8").splitlines():
        name, document = json.loads(line)
        error: ValidationError | None = next(validators[name].iter_errors(document), None)
        print("valid" if error is None else f"invalid {error.json_path}: {error.message[:200]!r}")


main(Path(sys.argv[1]), Path(sys.argv[2]))
