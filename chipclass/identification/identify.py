"""Texts to what they name: one text, a list or a column, each with how it is known and what was refused."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from chipclass.identification.found import NONE, UNKNOWN, Found, Refusal
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.places import maker_of
from chipclass.identification.resolve import (
    BOARD_CODE,
    FAMILY,
    PART_NUMBER,
    PCI_ID,
    Match,
    exact,
    near_names,
)
from chipclass.identification.scan import has_context, scan
from chipclass.specdb.contents import chip_count
from chipclass.specdb.store import Specs, load
from chipclass.spelling import key_of, plain

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: From so many distinct texts on, a first look over all of them saves more than loading it takes.
MANY = 2_000
#: Longer texts are sentences, and near no name.
_NAME_LENGTH = 40
#: How a number is told: what the number stands for is known from a list or a scheme, whatever the scan says.
_NUMBERS = (PART_NUMBER, PCI_ID, BOARD_CODE)
NO_TEXT = "no text"


@dataclass(frozen=True, slots=True, repr=False)
class Identification:
    """What one text names, and how that is known.

    ``how`` is part-number, board-code, pci-id, alias, family, accessory, look-alike, unknown accelerator or none.
    ``products`` are ids of chips, products or families in the order of the text: several of them are named together,
    or one number fits each of them (``evidence`` says "or"). ``product`` is the only one, else None. ``candidates`` are
    the chips that all this can mean; of an unknown accelerator, what it might be. ``count`` is the number of chips in
    one unit of the item, None where the text leaves it open. ``evidence`` quotes the place of the text and says what
    decided. ``refused`` is what looked alike and was not believed; ``unknown``, accelerators in no list. ``near`` are
    close names, looked for only where one short text names nothing.
    """

    text: str
    how: str
    products: tuple[str, ...] = ()
    family: str | None = None
    candidates: tuple[str, ...] = ()
    count: int | None = None
    evidence: str = ""
    refused: tuple[Refusal, ...] = ()
    unknown: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def product(self) -> str | None:
        """Id of the one product, chip or family that is named; None where there is none or more than one."""
        return self.products[0] if len(self.products) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of the command."""
        return {
            "text": self.text,
            "how": self.how,
            "product": self.product,
            "products": list(self.products),
            "family": self.family,
            "candidates": list(self.candidates),
            "count": self.count,
            "evidence": self.evidence,
            "refused": [{"what": r.what, "why": r.why, "kind": r.kind} for r in self.refused],
            "unknown": list(self.unknown),
            "near": list(self.near),
        }

    def __repr__(self) -> str:
        told = [f"how={self.how!r}"]
        told += [f"product={self.product!r}"] if self.product else [f"products={self.products!r}"] * bool(self.products)
        told += [f"count={self.count}"] if self.count is not None else []
        for name in ("unknown", "near"):
            told += [f"{name}={getattr(self, name)!r}"] * bool(getattr(self, name))
        told += [f"refused={tuple(r.what for r in self.refused)!r}"] if self.refused else []
        shown = self.text if len(self.text) <= 60 else f"{self.text[:57]}..."
        return f"Identification({shown!r}, {', '.join(told)})"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text's manufacturer says of it: ``context`` confirms short names, ``maker`` makes accelerators."""

    manufacturer: str = ""
    context: bool = False
    maker: str = ""


def surroundings(specs: Specs, manufacturer: str | None) -> Surroundings:
    """What the manufacturer of an item says of the names in its texts."""
    if not manufacturer:
        return Surroundings()
    return Surroundings(manufacturer, has_context(specs, manufacturer), maker_of(specs, manufacturer))


@overload
def identify(  # type: ignore[overload-overlap]  # a text is an iterable of texts, too
    text: str, *, manufacturer: str | None = None, specs: Specs | None = None
) -> Identification: ...
@overload
def identify(text: pd.Series[Any], *, manufacturer: str | None = None, specs: Specs | None = None) -> pd.DataFrame: ...
@overload
def identify(
    text: Iterable[str | None], *, manufacturer: str | None = None, specs: Specs | None = None
) -> list[Identification]: ...
@overload
def identify(text: Any, *, manufacturer: str | None = None, specs: Specs | None = None) -> Any: ...


def identify(text: Any, *, manufacturer: str | None = None, specs: Specs | None = None) -> Any:
    """What a text, or each text of a column, names.

    A text gives an Identification, a list or another iterable a list of them, a pandas Series a DataFrame with its
    index, an Arrow array (chunked or not) a Table; one row for each entry, and each distinct text is looked at once.
    What is no text (None, NaN, a number) names nothing. ``manufacturer`` is the maker of all of it, where another
    column says so: it confirms short names.

    The order of evidence: a part number, PCI id or board code that is the whole text decides, with its source. Anything
    else is read as free text, a name that is the whole text too: "A10" alone can be anything, so it gives candidates
    and no product, unless the manufacturer confirms it. Only ids of the database ("nvidia-h200-sxm") are taken at
    their word.

    Raises TypeError for what is neither a text nor a column of texts.
    """
    known = specs or load()
    around = surroundings(known, manufacturer)
    if isinstance(text, str):
        found = identified(known, text, around)
        asked = found.how == NONE and len(text) <= _NAME_LENGTH and key_of(text)
        return replace(found, near=_near(known, read(text))) if asked else found
    if type(text).__module__.partition(".")[0] == "pyarrow":
        return _arrow(known, text, around)
    if "pandas" in sys.modules and isinstance(text, sys.modules["pandas"].Series):
        return _frame(_each(known, text, around), text.index)
    if isinstance(text, (bytes, dict)) or not isinstance(text, Iterable) or hasattr(text, "columns"):
        raise TypeError(f"a text or a column of texts is wanted, found {type(text).__name__}")
    return _each(known, text, around)


def read(text: str) -> str:
    """What is read of a text: all but lone surrogates, which no index can look up."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _near(specs: Specs, text: str) -> tuple[str, ...]:
    return tuple(name for name in near_names(specs, text) if key_of(name) != key_of(text))


def identified(specs: Specs, text: str, around: Surroundings, nameable: bool = True) -> Identification:
    """What one text names, without near names. ``nameable``: it could name something in free text."""
    start = read(text)
    whole = exact(specs, start)
    if whole.how in _NUMBERS or _is_id(whole, start):
        found = _known(specs, whole.how, whole.ids, whole.family, whole.evidence)
    else:
        found = Found(NONE)
        if nameable or around.maker:
            found = scan(specs, start, context=around.context, maker=around.maker)
        if whole.ids and not (found.ids or found.candidates or found.refused):
            found = _spelled_apart(specs, start.strip(), found, around)
    evidence = found.evidence
    if not evidence:
        evidence = "nothing in it names a chip or looks like one" if key_of(start) else whole.evidence
    refused = tuple(dict.fromkeys(found.refused))
    return Identification(
        text, found.how, found.ids, found.family, found.candidates, found.count, evidence, refused, found.unknown
    )


def _is_id(whole: Match, text: str) -> bool:
    """Whether a text is an id of the database, letter by letter, of the record that it names."""
    return whole.ids == (text.strip(),)


def _known(specs: Specs, how: str, ids: tuple[str, ...], family: str | None, evidence: str) -> Found:
    """What is named without doubt, with its chips and their number in one unit."""
    counts = {chip_count(specs, specs.item(name)) for name in ids}
    count = counts.pop() if len(counts) == 1 else None
    return Found(how, ids, lexicon_of(specs).candidates(ids), family, count, evidence)


def _spelled_apart(specs: Specs, text: str, found: Found, around: Surroundings) -> Found:
    """A name of the database in which free text sees none: a bare number, or pieces with gaps ("A 100").

    It is believed beside its maker; else it is shown as what it might be, and a bare number as no more than that.
    """
    lexicon = lexicon_of(specs)
    owner = lexicon.owner(text)
    if owner is None or not lexicon.chassis.isdisjoint(owner.ids):
        return found
    names = " or ".join(specs.item(name).name for name in owner.ids)
    if any((p := lexicon.vendor(name)) is not None and p.search(plain(around.manufacturer)) for name in owner.ids):
        family = owner.ids[0] if owner.how == FAMILY and len(owner.ids) == 1 else None
        evidence = f"'{text}' is a name of {names}, and the manufacturer is its maker"
        return _known(specs, owner.how, owner.ids, family, evidence)
    evidence = f"'{text}' is a name of {names} only where something beside it says that a chip is meant"
    if key_of(text).isdigit():
        return Found(NONE, evidence=evidence)
    return Found(UNKNOWN, candidates=lexicon.candidates(owner.ids), evidence=evidence, unknown=(text,))


def _each(specs: Specs, entries: Iterable[Any], around: Surroundings) -> list[Identification]:
    """One answer for each entry, in order; distinct texts are identified once."""
    texts = [entry if isinstance(entry, str) else None for entry in entries]
    distinct = list(dict.fromkeys(texts))
    answers = dict(zip(distinct, _all(specs, distinct, around), strict=True))
    return [answers[text] for text in texts]


def _all(specs: Specs, distinct: Sequence[str | None], around: Surroundings) -> list[Identification]:
    """Distinct texts, None among them, to their answers."""
    texts = [text or "" for text in distinct]
    looked = [True] * len(texts)
    if len(texts) > MANY:
        import pyarrow as pa

        from chipclass.identification.prefilter import nameable, shown

        looked = nameable(specs, shown(pa.array([read(text) for text in texts], pa.string()))).tolist()
    return [
        Identification("", NONE, evidence=NO_TEXT) if text is None else identified(specs, text, around, seen)
        for text, seen in zip(distinct, looked, strict=True)
    ]


#: Columns of a table of answers, beside the text that the caller has.
COLUMNS = ("how", "product", "products", "family", "candidates", "count", "evidence", "refused", "unknown")


def _frame(answers: Sequence[Identification], index: pd.Index[Any]) -> pd.DataFrame:
    """The answers as a DataFrame: lists as tuples, the count as a nullable integer."""
    import pandas as pd

    rows = {id(answer): answer.to_dict() for answer in answers}
    cells = {name: [rows[id(answer)][name] for answer in answers] for name in COLUMNS}
    data: dict[str, Any] = {
        name: [tuple(cell) for cell in column] if name in ("products", "candidates", "refused", "unknown") else column
        for name, column in cells.items()
    }
    data["count"] = pd.array(cells["count"], "Int64")
    return pd.DataFrame(data, index=index, columns=list(COLUMNS))


def _arrow(specs: Specs, column: Any, around: Surroundings) -> pa.Table:
    """The answers to an Arrow array of texts as a Table of as many rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(column, (pa.Array, pa.ChunkedArray)):
        raise TypeError(f"one column of texts is wanted, found {type(column).__name__}; take one of its columns")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    if not any(is_text(kind) for is_text in texts):
        raise TypeError(f"a column of texts is wanted, found {column.type}; cast it to string if it holds texts")
    plain_column = column.cast(kind).cast(pa.large_string())
    distinct = pc.unique(plain_column)
    rows = [answer.to_dict() for answer in _all(specs, distinct.to_pylist(), around)]
    texts_of = pa.list_(pa.string())
    refusal = pa.struct([(name, pa.string()) for name in ("what", "why", "kind")])
    types = {"count": pa.int64(), "refused": pa.list_(refusal), **dict.fromkeys(["products", "candidates"], texts_of)}
    types["unknown"] = texts_of
    arrays = [pa.array([row[name] for row in rows], types.get(name, pa.string())) for name in COLUMNS]
    arrays[0] = arrays[0].dictionary_encode()
    return pa.table(arrays, names=list(COLUMNS)).take(pc.index_in(plain_column, value_set=distinct))
