"""Which columns of a table give which metrics and facts, and the rows of a batch as the engine takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from chipclass.batches import answers_of, figures_of, once
from chipclass.logic.cells import Possible
from chipclass.logic.numbers import exact
from chipclass.logic.tree import Node
from chipclass.rules.transactions import QueryError
from chipclass.specdb.problems import near
from chipclass.specdb.store import Specs

if TYPE_CHECKING:
    import pyarrow as pa

    from chipclass.logic.axes import Axis
    from chipclass.logic.signatures import Figures, Quotient, Rows

LOW, HIGH, UNDEFINED = "_low", "_high", "_undefined"

#: Makes the figures of a metric from a batch, the number of its first row, and the figures made before.
Reading = Callable[["pa.RecordBatch", int, Mapping[str, "Figures"]], "Figures"]


class Inputs:
    """The columns that the trees' metrics and facts are read from; ``given`` holds the answers of the transaction.

    ``columns`` maps metrics and facts to columns of other names. Raises QueryError for a name that does not fit.
    """

    def __init__(
        self,
        specs: Specs,
        trees: Iterable[Node],
        given: Mapping[str, Possible],
        names: Sequence[str],
        columns: Mapping[str, str],
    ) -> None:
        self._specs, self._names, self._mapped = specs, names, dict(columns)
        self._tests = list({test.text: test for tree in trees for test in tree.tests()}.values())
        #: What was found: metric or fact (with its ending) -> column.
        self.used: dict[str, str] = {}
        #: Metrics and facts that the trees read, or make others from, and no column gives.
        self.unknown: list[str] = []
        self.quotients: dict[str, Quotient] = {}
        self._readings: dict[str, Reading] = {}
        self._check_mapped()
        facts = {t.text for t in self._tests if t.kind == "fact" and t.text not in given}
        metrics = list(dict.fromkeys(test.metric for test in self._tests if test.kind == "number"))
        parts = [part for name in metrics for part in specs.metrics.get(name, {}).get("of", ())]
        self._denominators = {m["of"][1] for m in specs.metrics.values() if m["op"] == "quotient"}
        self.unknown += [name for name in metrics if not self._metric(name)]
        self._facts = [fact for fact in sorted(facts) if self._find(fact)]
        self.unknown = list(dict.fromkeys([*self.unknown, *sorted(facts - set(self._facts))]))
        if not self.used:
            expected = ", ".join(sorted({*metrics, *parts, *facts}))
            if not expected:
                raise QueryError("no provision asked for reads a figure or a fact on that day; ask for another day")
            raise QueryError(f"no column gives a figure or a fact that the provisions read; expected one of {expected}")

    def rows(self, batch: pa.RecordBatch, first: int) -> Rows:
        """A batch for the engine; ``first`` is the number of its first row. Raises QueryError for a bad figure."""
        from chipclass.logic.signatures import Rows

        figures: dict[str, Figures] = {}
        for name, reading in self._readings.items():  # the parts of a sum stand before it
            figures[name] = reading(batch, first, figures)
        answers = {fact: answers_of(batch.column(self.used[fact]), self.used[fact]) for fact in self._facts}
        return Rows(batch.num_rows, figures, answers)

    def _check_mapped(self) -> None:
        known = [*self._specs.metrics, *(name for name, a in self._specs.attributes.items() if a["level"] == "chip")]
        for name in self._mapped:
            bare = next((name.removesuffix(end) for end in (LOW, HIGH, UNDEFINED) if name.endswith(end)), name)
            if bare not in known:
                raise QueryError(f"columns: '{name}' is no metric or fact{near(name, known)}")

    def _find(self, name: str, ending: str = "") -> str:
        """The column of a metric or fact: the one mapped, else of the same name, else of its name in the specs."""
        key = name + ending
        if key not in self.used:
            entry = self._specs.metrics.get(name) or self._specs.attributes.get(name) or {}
            offered = [key, f"{entry.get('column', name)}{ending}"]
            there = [other for other in dict.fromkeys(offered) if other in self._names]
            if key not in self._mapped and len(there) > 1:
                raise QueryError(f"columns '{there[0]}' and '{there[1]}' both give {key}; leave one of them out")
            column = self._mapped.get(key) or next(iter(there), "")
            if not column:
                return ""
            self.used[key] = once(column, self._names)
        return self.used[key]

    # Metrics

    def _metric(self, name: str) -> bool:
        """Plans how a metric is read; False if no column says anything of it."""
        from chipclass.logic.signatures import Quotient

        if name in self._readings:
            return True
        reading = self._direct(name)
        definition = self._specs.metrics.get(name, {})
        if reading is None and definition.get("op") == "quotient":
            above, below = definition["of"]
            missing = [part for part in (above, below) if not self._metric(part)]
            if len(missing) < 2:
                self.unknown += missing
                self.quotients[name] = Quotient(above, below)
                return True
        if reading is None and definition.get("op") == "sum":
            reading = self._sum(name, definition["of"])
        if reading is None:
            return False
        self._readings[name] = reading
        return True

    def _direct(self, name: str) -> Reading | None:
        """From columns of its own: a figure, or its ends, and whether it exists."""
        point, low, high, missing = (self._find(name, ending) for ending in ("", LOW, HIGH, UNDEFINED))
        if point and (low or high):
            raise QueryError(f"columns '{point}' and '{low or high}' both give {name}; leave one of them out")
        if not (point or low or high or missing):
            return None
        positive = name in self._denominators

        def reading(batch: pa.RecordBatch, first: int, _: Mapping[str, Figures]) -> Figures:
            import numpy as np

            from chipclass.logic.signatures import YES, Figures, unknown

            undefined = answers_of(batch.column(missing), missing) if missing else None
            spare = undefined == YES if undefined is not None else None
            if point:
                values, known = figures_of(batch.column(point), point, first, positive, spare)
                if spare is not None and (both := spare & (values > 0) & _there(batch.column(point))).any():
                    told = f"'{point}' gives a figure where '{missing}' says that there is none"
                    raise QueryError(f"row {first + int(np.argmax(both))}: {told}; empty one of the two")
                return Figures(values, known=known, undefined=undefined)
            if not (low or high):
                return unknown(batch.num_rows)._replace(undefined=undefined)
            ends = [np.zeros(batch.num_rows), np.full(batch.num_rows, np.inf)]
            for side, (column, above_0) in enumerate(((low, False), (high, positive))):
                if column:
                    values, known = figures_of(batch.column(column), column, first, above_0, spare)
                    ends[side] = values if known is None else np.where(known, values, ends[side])
            if (crossed := ends[0] > ends[1]).any():
                row = int(np.argmax(crossed))
                told = f"{ends[0][row]:g} in '{low}' is above {ends[1][row]:g} in '{high}'"
                raise QueryError(f"row {first + row}: {told}")
            return Figures(ends[0], ends[1], undefined=undefined)

        return reading

    def _sum(self, name: str, of: Sequence[str]) -> Reading | None:
        """From its parts: a part that is not known adds anything from 0."""
        from chipclass.logic.axes import Axis, cut_of
        from chipclass.logic.signatures import Figures, unknown

        parts = [part for part in of if self._metric(part)]
        if not parts:
            return None
        self.unknown += [part for part in of if part not in parts]
        axis = Axis(cut_of(test) for test in self._tests if test.kind == "number" and test.metric == name)

        def reading(batch: pa.RecordBatch, first: int, made: Mapping[str, Figures]) -> Figures:
            figures = [made[part] if part in parts else unknown(batch.num_rows) for part in of]
            return Figures(*(_added(axis, ends) for ends in zip(*(found.ends() for found in figures), strict=True)))

        return reading


def _there(array: pa.Array) -> Any:
    """Rows of a column that hold something."""
    return array.is_valid().to_numpy(zero_copy_only=False)


def _added(axis: Axis, columns: Sequence[Any]) -> Any:
    """The sum of columns, on the right side of every limit."""
    whole = columns[0].copy()
    for column in columns[1:]:
        whole += column
    return axis.settle(whole, lambda row: sum((exact(column[row].item()) for column in columns), Fraction(0)))
