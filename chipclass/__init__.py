"""Classify AI chips under export controls, with the proof."""

__version__ = "0.1.0"
