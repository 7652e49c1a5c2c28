"""Benchmarks, one module each: `run(bench) -> Iterable[Result]` (see tools/bench.py)."""
