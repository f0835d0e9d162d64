"""Benchmarks, run by hand: ``python -m bench``, or ``python -m bench engine`` for some of them."""
