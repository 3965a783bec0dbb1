"""Holds a log to the schema of SARIF, by an implementation of others. Fails where it is not what the schema describes.

    sarif.py SCHEMA LOG
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft4Validator

schema, log = (json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:])
errors = [f"{error.json_path}: {error.message[:200]}" for error in Draft4Validator(schema).iter_errors(log)]
sys.exit("\n".join(errors) or None)
