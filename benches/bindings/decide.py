"""The Python part of the benchmark `bindings`, which says what it is asked and answers."""

import json
import sys
from pathlib import Path
from threading import Event, Thread
from time import perf_counter_ns

from poundlock import Engine, Plan


def main() -> None:
    directory = Path(sys.argv[1])
    texts = json.loads((directory / "engine.json").read_text("utf-8"))
    engine = Engine(texts["charter"], texts["lock"], texts["packs"])
    request = (directory / "request.json").read_text("utf-8")
    document = (directory / "plan.json").read_bytes()
    nonce = "07" * 32
    # The second thread that the program of each language has.
    Thread(target=Event().wait, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        question, *count = line.split()
        if question == "decide":
            rounds = range(int(count[0]))
            start = perf_counter_ns()
            for _ in rounds:
                engine.decide(request)
        else:
            start = perf_counter_ns()
            plan = Plan.terraform(document, nonce)
            engine.decide(request, plan=plan)
            del plan
        print(perf_counter_ns() - start, flush=True)


main()
