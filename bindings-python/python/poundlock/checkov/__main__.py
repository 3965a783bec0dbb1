"""`python -m poundlock.checkov dir` prints the directory to hand to Checkov as `--external-checks-dir`."""

import sys

from . import directory

if __name__ == "__main__":
    if sys.argv[1:] != ["dir"]:
        sys.exit("usage: python -m poundlock.checkov dir")
    print(directory())
