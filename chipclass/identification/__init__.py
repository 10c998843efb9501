"""From text to product: which one, how it is known, and what was refused."""
