"""The same works in PyTorch, for whoever has it: one JSON request a line in, one answer a line out."""
import json
import sys
import time

import torch

torch.manual_seed(0)
WIDTH = 128


def gemm(side):
    a, b, c = torch.randn(side, side), torch.randn(side, side), torch.empty(side, side)
    return lambda: torch.mm(a, b, out=c)


def gather(_scale):
    table = torch.randn(50_000, WIDTH)
    rows = torch.randint(0, 50_000, (51_200,))
    offsets = torch.arange(0, 51_200, 20)
    weights = torch.randn(51_200)
    return lambda: torch.nn.functional.embedding_bag(rows, table, offsets, mode="sum", per_sample_weights=weights)


WORKS = {"gemm": gemm, "gather": gather}


def main():
    kept = (None, None)
    for line in sys.stdin:
        asked = json.loads(line)
        key = (asked["work"], asked["scale"])
        try:
            if kept[0] != key:
                kept = (key, WORKS[asked["work"]](asked["scale"]))
                kept[1]()
            started = time.perf_counter()
            kept[1]()
            print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
        except Exception as error:  # the race goes on without this work
            print(json.dumps({"error": repr(error)}), flush=True)


with torch.no_grad():
    main()
