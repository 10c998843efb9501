"""The spec database made ready for the evaluator: figures of a product, editions of the rules, transactions."""
