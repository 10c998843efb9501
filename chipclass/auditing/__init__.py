"""Audit a catalogue: every row back, with what it names, where that stands, and what a person must look at.

One way: findings < roles < read < verdicts < batch < write < result < run. ``batch.annotate`` is the engine; the rest
moves batches.
"""

from chipclass.auditing.findings import AuditError
from chipclass.auditing.result import AuditResult
from chipclass.auditing.run import audit

__all__ = ["AuditError", "AuditResult", "audit"]
