"""The floor: intervals, trees of tests and the one evaluator. It knows nothing of chips or rules."""
