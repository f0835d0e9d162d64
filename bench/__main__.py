"""Runs the benchmarks: all of them, or those whose names begin with one of the arguments."""

import os
import sys
from importlib import import_module

# before anything imports NumPy: with more threads small matrices are slower and times jump
os.environ["OPENBLAS_NUM_THREADS"] = "1"

BENCHMARKS = (
    "engine_speed", "replica_speed", "slice_speed", "surface_speed", "basin_speed", "surface_browser", "browser_speed",
    "browser_memory",
)  # fmt: skip
"""Modules of this folder, each with ``main() -> None``."""


def main(wanted: list[str]) -> int:
    chosen = [name for name in BENCHMARKS if not wanted or any(name.startswith(start) for start in wanted)]
    if not chosen:
        print(f"No benchmark begins with {' or '.join(wanted)}; there is {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    for name in chosen:
        import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
