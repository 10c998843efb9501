"""Classify AI chips under export controls, with the proof.

    >>> import chipclass
    >>> chipclass.classify("H200", as_of="2026-10-01").status
    'controlled'

Everything is loaded when it is first used: importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from chipclass.auditing.findings import AuditError
    from chipclass.auditing.result import AuditResult
    from chipclass.auditing.run import audit
    from chipclass.changes import RulesDiff, rules_diff
    from chipclass.chronology import Timeline, timeline
    from chipclass.classification import Result, classify
    from chipclass.columns import outcomes
    from chipclass.comparison import Comparison, compare
    from chipclass.export import ExportError, export_specs
    from chipclass.export import facts_frame as facts
    from chipclass.export import specs_frame as specs
    from chipclass.hypotheses import Hypothetical, whatif
    from chipclass.identification.identify import Identification, identify
    from chipclass.margins import Headroom, headroom
    from chipclass.perturbation import Stability, stability
    from chipclass.rules.transactions import QueryError
    from chipclass.specdb.problems import SpecError
    from chipclass.specdb.store import Specs, load

_PUBLIC = {
    "AuditResult": ("chipclass.auditing.result", "AuditResult"),
    "AuditError": ("chipclass.auditing.findings", "AuditError"),
    "Comparison": ("chipclass.comparison", "Comparison"),
    "ExportError": ("chipclass.export", "ExportError"),
    "Hypothetical": ("chipclass.hypotheses", "Hypothetical"),
    "Headroom": ("chipclass.margins", "Headroom"),
    "QueryError": ("chipclass.rules.transactions", "QueryError"),
    "Result": ("chipclass.classification", "Result"),
    "RulesDiff": ("chipclass.changes", "RulesDiff"),
    "SpecError": ("chipclass.specdb.problems", "SpecError"),
    "Specs": ("chipclass.specdb.store", "Specs"),
    "Stability": ("chipclass.perturbation", "Stability"),
    "Timeline": ("chipclass.chronology", "Timeline"),
    "audit": ("chipclass.auditing.run", "audit"),
    "classify": ("chipclass.classification", "classify"),
    "compare": ("chipclass.comparison", "compare"),
    "export_specs": ("chipclass.export", "export_specs"),
    "facts": ("chipclass.export", "facts_frame"),
    "headroom": ("chipclass.margins", "headroom"),
    "Identification": ("chipclass.identification.identify", "Identification"),
    "identify": ("chipclass.identification.identify", "identify"),
    "load": ("chipclass.specdb.store", "load"),
    "rules_diff": ("chipclass.changes", "rules_diff"),
    "outcomes": ("chipclass.columns", "outcomes"),
    "specs": ("chipclass.export", "specs_frame"),
    "stability": ("chipclass.perturbation", "stability"),
    "whatif": ("chipclass.hypotheses", "whatif"),
    "timeline": ("chipclass.chronology", "timeline"),
}

__all__ = [
    "AuditError",
    "AuditResult",
    "Comparison",
    "ExportError",
    "Headroom",
    "Hypothetical",
    "Identification",
    "QueryError",
    "Result",
    "RulesDiff",
    "SpecError",
    "Specs",
    "Stability",
    "Timeline",
    "__version__",
    "audit",
    "classify",
    "compare",
    "export_specs",
    "facts",
    "headroom",
    "identify",
    "load",
    "outcomes",
    "rules_diff",
    "specs",
    "stability",
    "timeline",
    "whatif",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'chipclass' has no attribute '{name}'")
    from importlib import import_module

    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
