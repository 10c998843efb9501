"""Benchmarks: each compares with what a user would write or run instead, in the same run, and prints ratios."""
