"""The spec tables as files and frames: readable elsewhere with equal values, units that survive, unknown as null."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import chipclass
from chipclass.export import ExportError, column_words, export_specs, facts_frame, long_table, specs_frame, wide_table
from chipclass.rules.transactions import QueryError
from chipclass.specdb.records import unpacked
from chipclass.specdb.store import Specs, load
from chipclass.tables import LONG_COLUMNS, rate_column, span_of

AS_OF = "2026-10-01"
SHAPES = ("wide", "long", "products", "identifiers", "dictionary")
SUFFIXES = ("parquet", "csv", "json", "arrow")


@pytest.fixture(scope="module")
def specs() -> Specs:
    return load()


@pytest.fixture(scope="module")
def wide(specs: Specs) -> pa.Table:
    return wide_table(specs, AS_OF)


@pytest.fixture(scope="module")
def long(specs: Specs) -> pa.Table:
    return long_table(specs)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("export")
    places = {(shape, suffix): folder / f"{shape}.{suffix}" for shape in SHAPES for suffix in SUFFIXES}
    return {key: export_specs(path, shape=key[0], as_of=AS_OF) for key, path in places.items()}


def row(table: pa.Table, name: str) -> dict[str, Any]:
    found = next(row for row in table.to_pylist() if row["id"] == name)
    assert isinstance(found, dict)
    return found


def leaves(value: Any) -> list[Any]:
    return [leaf for entry in value for leaf in leaves(entry)] if isinstance(value, list) else [value]


def query(sql: str) -> list[dict[str, Any]]:
    """Rows that DuckDB finds."""
    with duckdb.connect() as connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


class TestReadable:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_parquet_reads_the_same_in_arrow_polars_and_duckdb(
        self, files: dict[tuple[str, str], Path], shape: str
    ) -> None:
        path = files[shape, "parquet"]
        expected = pq.read_table(path).to_pylist()
        assert pl.read_parquet(path).to_dicts() == expected
        assert query(f"SELECT * FROM '{path}'") == expected

    @pytest.mark.parametrize("shape", SHAPES)
    def test_parquet_reads_the_same_in_pandas(self, files: dict[tuple[str, str], Path], shape: str) -> None:
        frame = pd.read_parquet(files[shape, "parquet"])
        expected = pq.read_table(files[shape, "parquet"])
        assert list(frame.columns) == expected.column_names
        assert len(frame) == expected.num_rows
        for field in expected.schema:
            if not pa.types.is_list(field.type):
                read = [None if pd.isna(value) else value for value in frame[field.name]]
                assert read == expected[field.name].to_pylist(), field.name

    @pytest.mark.parametrize("shape", SHAPES)
    def test_arrow_and_json_hold_the_same_rows(self, files: dict[tuple[str, str], Path], shape: str) -> None:
        expected = pq.read_table(files[shape, "parquet"])
        with pa.ipc.open_file(files[shape, "arrow"]) as reader:
            assert reader.read_all().equals(expected, check_metadata=False)
        assert json.loads(files[shape, "json"].read_text("utf-8")) == expected.to_pylist()

    @pytest.mark.parametrize("shape", SHAPES)
    def test_csv_holds_the_same_numbers(self, files: dict[tuple[str, str], Path], shape: str) -> None:
        expected = pq.read_table(files[shape, "parquet"])
        frame = pd.read_csv(files[shape, "csv"], dtype=str, keep_default_na=False)
        assert list(frame.columns) == expected.column_names
        assert len(frame) == expected.num_rows
        for field in expected.schema:
            if field.type == pa.float64():
                read = [float(text) if text else None for text in frame[field.name]]
                assert read == expected[field.name].to_pylist(), field.name

    def test_csv_joins_lists(self, files: dict[tuple[str, str], Path], wide: pa.Table) -> None:
        frame = pd.read_csv(files["wide", "csv"], dtype=str, keep_default_na=False)
        several = next(i for i, dies in enumerate(wide["dies"].to_pylist()) if dies and len(dies) > 1)
        assert frame["dies"][several].split(";") == wide["dies"][several].as_py()
        assert [int(n) for n in frame["dies_count"][several].split(";")] == wide["dies_count"][several].as_py()
        one = next(i for i, lists in enumerate(wide["die_formats"].to_pylist()) if lists and all(lists))
        assert [entry.split(" ") for entry in frame["die_formats"][one].split(";")] == wide["die_formats"][one].as_py()

    def test_csv_can_be_read_by_duckdb(self, files: dict[tuple[str, str], Path], wide: pa.Table) -> None:
        count, total = query(f"SELECT count(*), sum(tpp) FROM '{files['wide', 'csv']}'")[0].values()
        assert count == wide.num_rows
        assert total == pytest.approx(math.fsum(v for v in wide["tpp"].to_pylist() if v is not None))


def metrics_of_processors(specs: Specs) -> list[Any]:
    """Metrics that a chip of the table can have: no memory is held yet."""
    return [entry for entry in specs.metrics.values() if entry.get("of_function", "processor") == "processor"]


class TestUnits:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_polars_and_duckdb_find_the_units(
        self, files: dict[tuple[str, str], Path], specs: Specs, shape: str
    ) -> None:
        path = files[shape, "parquet"]
        by_polars = json.loads(pl.read_parquet_metadata(path)["chipclass"])
        found = query(
            f"SELECT decode(value) AS text FROM parquet_kv_metadata('{path}') WHERE decode(key) = 'chipclass'"
        )
        assert [json.loads(row["text"]) for row in found] == [by_polars]
        assert by_polars["specs"] == specs.hash
        assert by_polars["chipclass"] == chipclass.__version__
        assert by_polars["as_of"] == (AS_OF if shape == "wide" else None)
        assert by_polars["licence"] == "CC-BY-4.0"
        assert by_polars["sources"] == len(specs.index["sources"])
        assert "not advice" in by_polars["disclaimer"]
        assert list(by_polars["columns"]) == pl.read_parquet(path).columns
        assert all(words["meaning"] for words in by_polars["columns"].values())

    def test_attributes_have_their_column_and_unit(self, specs: Specs, wide: pa.Table) -> None:
        words = column_words(wide)
        given = {name: entry for name, entry in specs.attributes.items() if "derived_from" not in entry}
        for name, entry in given.items():
            formats = specs.formats if entry["kind"] == "per-format" else [""]
            for format in formats:
                column = rate_column(name, entry["column"], format) if format else entry["column"]
                metadata = wide.schema.field(column).metadata
                assert metadata.get(b"unit", b"").decode() == entry.get("unit", "")
                assert words[column]["unit"] == entry.get("unit")
                assert entry["meaning"] in metadata[b"meaning"].decode()

    def test_metrics_have_their_columns_unit_and_citation(self, specs: Specs, wide: pa.Table) -> None:
        for entry in metrics_of_processors(specs):
            for tail in ("", "_low", "_high", "_operative"):
                field = wide.schema.field(f"{entry['column']}{tail}")
                assert field.type == pa.float64()
                assert field.metadata[b"unit"].decode() == entry["unit"]
                assert field.metadata[b"cite"].decode() == entry["cite"]

    def test_the_unit_is_in_the_name(self, wide: pa.Table) -> None:
        ending = {"WT": "wt", "TFLOP/s": "tflops", "GB/s": "gb_s", "GB": "gb", "mm^2": "mm2", "W": "w"}
        for name, words in column_words(wide).items():
            for end in ("_low", "_high", "_operative"):
                name = name.removesuffix(end)
            if words["unit"] in ending:
                assert name.endswith(f"_{ending[words['unit']]}"), name

    def test_formats_are_named_by_attribute_format_and_unit(self) -> None:
        assert rate_column("rate", "tflops", "fp8") == "rate_fp8_tflops"
        assert rate_column("sparse_rate", "sparse_tflops", "int8") == "sparse_rate_int8_tflops"
        assert rate_column("link_rate", "link_rate_gb_s", "x") == "link_rate_x_gb_s"

    def test_names_are_unique(self, wide: pa.Table, long: pa.Table) -> None:
        for table in (wide, long):
            assert len(set(table.column_names)) == table.num_columns


class TestWide:
    def test_one_row_per_chip(self, specs: Specs, wide: pa.Table) -> None:
        assert wide["id"].to_pylist() == list(specs.index["chips"])

    def test_no_nan(self, wide: pa.Table, long: pa.Table) -> None:
        for table in (wide, long):
            for column in table.columns:
                numbers = [leaf for leaf in leaves(column.to_pylist()) if isinstance(leaf, float)]
                assert all(math.isfinite(number) for number in numbers)

    def test_known_values(self, wide: pa.Table) -> None:
        h200 = row(wide, "nvidia-h200-sxm")
        assert (h200["tpp"], h200["tpp_operative"]) == (15831.2, 15840)
        assert (h200["memory_type"], h200["total_dram_bandwidth_gb_s"]) == ("HBM3e", 4800)
        assert (h200["status"], h200["ic_class"], h200["ic_class_certain"]) == ("controlled", ["3A090.a.1"], True)
        assert h200["declared_eccn"] == ["4A090.a"]
        assert h200["as_of"] == AS_OF
        assert row(wide, "nvidia-a10")["performance_density"] == pytest.approx(3.18, abs=0.005)
        assert row(wide, "nvidia-l40")["ic_class"] == ["3A090.b.1", "3A090.b.2"]

    def test_rates_give_the_metric(self, specs: Specs, wide: pa.Table) -> None:
        """Highest rate x bit length is the TPP of the same row: over the manufacturer's rates where there are any."""
        checked = 0
        for chip in wide.to_pylist():
            rates = {name: chip[f"rate_{name}_tflops"] for name in specs.formats}
            known = {name: rate for name, rate in rates.items() if rate is not None}
            item = specs.item(chip["id"])
            own = {name for name in known if any(fact.by_manufacturer for fact in item.known("rate", name))}
            products = [known[name] * int(specs.formats[name]["bits"]) for name in own or known]
            if chip["tpp"] is not None and products:
                assert max(products) == pytest.approx(chip["tpp"], rel=1e-12), chip["id"]
                checked += 1
        assert checked > 40

    def test_unknown_is_null(self, specs: Specs, wide: pa.Table) -> None:
        for chip in wide.to_pylist():
            item = specs.item(chip["id"])
            for name, entry in specs.attributes.items():
                if entry["level"] == "chip" and entry["kind"] == "quantity" and not list(item.known(name)):
                    assert chip[entry["column"]] is None
        formats = [chip["rate_fp4_tflops"] for chip in wide.to_pylist()]
        assert None in formats and any(formats)

    def test_an_end_that_nothing_bounds_is_null(self, specs: Specs, wide: pa.Table) -> None:
        """Unbounded above: null; nothing known at all: both ends are null, not 0."""
        open_ended = [chip for chip in wide.to_pylist() if chip["tpp_high"] is None]
        assert open_ended
        assert all(chip["tpp_low"] is None or chip["tpp_low"] > 0 for chip in open_ended)
        for chip in wide.to_pylist():
            for entry in metrics_of_processors(specs):
                low, high = chip[f"{entry['column']}_low"], chip[f"{entry['column']}_high"]
                if low is not None and high is not None:
                    assert low <= high
                if low is None:
                    assert high is None

    def test_what_does_not_exist_is_zero_not_unknown(self, specs: Specs) -> None:
        without = next(
            chip
            for chip in specs.items("chips")
            if any(fact.attribute == "link_bandwidth" and fact.value.none for fact in chip.facts)
        )
        assert span_of(without, "link_bandwidth") == (0, 0, 0)

    def test_dies_are_lists_in_one_order(self, wide: pa.Table) -> None:
        for chip in wide.to_pylist():
            names = ("dies", "dies_count", "die_area_mm2", "die_formats", "process", "non_planar", "transistors")
            lengths = {None if chip[name] is None else len(chip[name]) for name in names}
            assert len(lengths) == 1, chip["id"]

    def test_date_before_the_rules_says_nothing(self, specs: Specs) -> None:
        early = wide_table(specs, "2019-01-01")
        assert early["status"].null_count == early.num_rows
        assert early["ic_class"].null_count == early.num_rows
        assert early["tpp"].null_count < early.num_rows

    def test_bad_date(self, specs: Specs) -> None:
        with pytest.raises(QueryError, match="'2026-02-30' is not a day of the calendar"):
            wide_table(specs, "2026-02-30")


class TestLong:
    def test_one_row_per_fact(self, specs: Specs, long: pa.Table) -> None:
        indexed = [
            fact["id"]
            for table in ("chips", "dies")
            for name in specs.index[table]
            for fact in unpacked(name, specs.index["facts"][name])
        ]
        rows = long.to_pylist()
        assert [row["fact_id"] for row in rows if row["part_number"] is None] == indexed
        assert len({row["fact_id"] for row in rows}) == len(rows)
        assert long.column_names == list(LONG_COLUMNS)

    def test_part_numbers_bring_declared_codes(self, specs: Specs, long: pa.Table) -> None:
        entries = [e for t in ("chips", "dies", "products") for item in specs.items(t) for e in item.identifiers]
        expected = sum(len(entry.values) * (bool(entry.eccn) + len(entry.hts)) for entry in entries)
        rows = [row for row in long.to_pylist() if row["part_number"] is not None]
        assert len(rows) == expected > 0
        assert {row["attribute"] for row in rows} == {"declared_eccn", "hts"}
        assert {row["level"] for row in rows} == {"chip", "product"}

    def test_every_row_has_its_source(self, specs: Specs, long: pa.Table) -> None:
        for row in long.to_pylist():
            source = specs.source(row["source_id"])
            assert (row["source_title"], row["publisher"]) == (source["title"], source["publisher"])
            assert (row["url"], row["source_kind"]) == (source.get("url"), source["kind"])
            assert (row["quotes_id"] is None) == (row["quotes_title"] is None)
            assert row["owner_name"] and row["text"] and row["status"]

    def test_values_are_exact_and_in_the_canonical_unit(self, specs: Specs, long: pa.Table) -> None:
        fact = next(r for r in long.to_pylist() if r["text"] == "4.8 TB/s" and r["owner_id"] == "nvidia-h200-sxm")
        assert (fact["value"], fact["exact"], fact["unit"]) == (4800.0, "4800", "GB/s")
        for row in long.to_pylist():
            assert (row["value"] is None) == (row["exact"] is None)
            if row["exact"] is not None:
                assert float(row["exact"]) == row["value"]
            assert row["unit"] == (specs.attributes.get(row["attribute"]) or {}).get("unit")

    def test_intervals_keep_their_ends(self, long: pa.Table) -> None:
        row = next(row for row in long.to_pylist() if row["text"] == "1 TFLOPS in (0, 2] TFLOPS")
        assert (row["value"], row["low"], row["high"], row["low_open"], row["high_open"]) == (1, 0, 2, True, False)

    def test_set_aside_never_decides(self, long: pa.Table) -> None:
        rows = long.to_pylist()
        assert any(row["set_aside"] for row in rows)
        assert not any(row["set_aside"] and row["decides"] for row in rows)
        for key in {(row["owner_id"], row["attribute"], row["format"]) for row in rows if not row["set_aside"]}:
            assert any(r["decides"] for r in rows if (r["owner_id"], r["attribute"], r["format"]) == key)

    def test_text_that_is_not_given_is_null(self, long: pa.Table) -> None:
        for name in long.column_names:
            assert "" not in long[name].to_pylist()


class TestFrames:
    def test_specs(self, wide: pa.Table) -> None:
        frame = specs_frame(as_of=AS_OF)
        assert list(frame.columns) == wide.column_names
        assert frame.attrs["units"]["total_dram_bandwidth_gb_s"] == "GB/s"
        assert "status" not in frame.attrs["units"]
        assert frame.attrs["chipclass"]["as_of"] == AS_OF
        assert frame["tpp"].dtype == "Float64"
        assert frame["designed_or_marketed_for_datacenter"].dtype == "boolean"
        assert frame.set_index("id")["tpp"]["nvidia-h200-sxm"] == 15831.2

    def test_unknown_is_never_below_a_limit(self) -> None:
        """With NaN, ``~(tpp >= limit)`` would name every chip without a figure."""
        frame = specs_frame(as_of=AS_OF)
        unknown = frame["tpp"].isna()
        assert unknown.any()
        below = ~(frame["tpp"] >= 4800)
        assert below[unknown].isna().all()
        assert not frame[below]["tpp"].isna().any()

    def test_facts(self, long: pa.Table) -> None:
        frame = facts_frame()
        assert len(frame) == long.num_rows
        assert frame["value"].isna().sum() == long["value"].null_count

    def test_public_names(self) -> None:
        assert chipclass.specs(as_of=AS_OF).equals(specs_frame(as_of=AS_OF))
        assert len(chipclass.facts()) == len(facts_frame())
        assert chipclass.export_specs is export_specs

    def test_attrs_can_be_written(self, tmp_path: Path) -> None:
        specs_frame(as_of=AS_OF).to_parquet(tmp_path / "again.parquet")
        assert pd.read_parquet(tmp_path / "again.parquet").attrs["units"]["tpp"] == "TPP"


class TestFiles:
    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("suffix", SUFFIXES)
    def test_same_bytes(
        self, files: dict[tuple[str, str], Path], tmp_path: Path, specs: Specs, shape: str, suffix: str
    ) -> None:
        again = export_specs(tmp_path / f"x.{suffix}", shape=shape, as_of=AS_OF, specs=Specs(specs.index))
        assert again.read_bytes() == files[shape, suffix].read_bytes()

    def test_folders_are_made_and_nothing_is_left_over(self, tmp_path: Path) -> None:
        path = export_specs(str(tmp_path / "a" / "b" / "specs.PARQUET"), as_of=AS_OF)
        assert path == tmp_path / "a" / "b" / "specs.PARQUET"
        assert [entry.name for entry in path.parent.iterdir()] == ["specs.PARQUET"]

    def test_an_earlier_file_is_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "specs.json"
        path.write_text("earlier")
        export_specs(path, as_of=AS_OF)
        assert len(json.loads(path.read_text("utf-8"))) == len(load().index["chips"])

    def test_unknown_suffix(self, tmp_path: Path) -> None:
        path = tmp_path / "specs.xls"
        with pytest.raises(ExportError) as caught:
            export_specs(path)
        end = "name a file that ends in .parquet, .csv, .json or .arrow"
        assert str(caught.value) == f"'{path}' has the unknown suffix '.xls'; {end}"
        with pytest.raises(ExportError) as caught:
            export_specs(tmp_path / "specs")
        assert str(caught.value) == f"'{tmp_path / 'specs'}' has no suffix; {end}"

    def test_below_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("mine")
        path = file / "deeper" / "specs.csv"
        with pytest.raises(ExportError) as caught:
            export_specs(path)
        assert str(caught.value) == f"cannot write '{path}': '{file}' is a file, not a folder; choose another folder"
        assert file.read_text() == "mine"

    def test_onto_a_folder(self, tmp_path: Path) -> None:
        path = tmp_path / "specs.csv"
        path.mkdir()
        with pytest.raises(ExportError) as caught:
            export_specs(path)
        example = path / "specs.parquet"
        assert str(caught.value) == f"cannot write '{path}': it is a folder; name a file in it, for example '{example}'"

    def test_what_the_system_refuses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(self: Path, target: Path) -> Path:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "replace", refuse)
        path = tmp_path / "specs.json"
        with pytest.raises(ExportError) as caught:
            export_specs(path, as_of=AS_OF)
        end = "choose a folder where you can make files"
        assert str(caught.value) == f"cannot write '{path}': Permission denied; {end}"
        assert list(tmp_path.iterdir()) == []

    def test_a_name_too_long(self, tmp_path: Path) -> None:
        with pytest.raises(ExportError, match=r"cannot write '.*': .*; choose a folder where you can make files"):
            export_specs(tmp_path / f"{'x' * 300}.csv", as_of=AS_OF)
        assert list(tmp_path.iterdir()) == []

    def test_another_process_writes_the_same(self, files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
        """Nothing depends on the hash seed, and importing the module loads no heavy library."""
        script = (
            "import sys, chipclass.export as e\n"
            "assert not {'pyarrow', 'pandas', 'numpy'} & set(sys.modules)\n"
            "for shape in e.SHAPES:\n"
            "    e.export_specs(f'{sys.argv[1]}/{shape}.parquet', shape=shape, as_of=sys.argv[2])"
        )
        root = Path(chipclass.__file__).parent.parent
        environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(root)}
        subprocess.run([sys.executable, "-c", script, str(tmp_path), AS_OF], check=True, env=environment)
        for shape in SHAPES:
            assert (tmp_path / f"{shape}.parquet").read_bytes() == files[shape, "parquet"].read_bytes()

    def test_unknown_shape(self, tmp_path: Path) -> None:
        with pytest.raises(ExportError) as caught:
            export_specs(tmp_path / "specs.csv", shape="tall")
        said = str(caught.value)
        assert said.startswith("unknown shape 'tall'; expected wide (a row per chip), long (a row per fact), ")


class TestOverlay:
    CHIP = """
[[chip]]
id = "own-part"
name = "Own part"
vendor = "Own"
sold_as = "card"

[[chip.claim]]
source = "own-notes"
status = "measured"
locator = "page 1"
rate.fp16 = "100 TFLOPS"
memory_bandwidth = "[500, inf) GB/s"
link_bandwidth = "none"
"""
    SOURCE = '[own-notes]\ntitle = "Own notes"\npublisher = "us"\nkind = "secondary"\n'

    @pytest.fixture
    def overlay(self, tmp_path: Path) -> Specs:
        folder = tmp_path / "house"
        (folder / "chips" / "own").mkdir(parents=True)
        (folder / "chips" / "own" / "own.toml").write_text(self.CHIP, "utf-8")
        (folder / "sources.toml").write_text(self.SOURCE, "utf-8")
        return load([folder])

    def test_rows_carry_its_name(self, overlay: Specs) -> None:
        rows = long_table(overlay).to_pylist()
        own = [row for row in rows if row["owner_id"] == "own-part"]
        assert len(own) == 3
        assert all(row["overlay"] == "house" and row["decides"] for row in own)
        assert not any(row["overlay"] for row in rows if row["owner_id"] != "own-part")

    def test_the_chip_is_marked_and_its_gaps_stay_open(self, overlay: Specs) -> None:
        table = wide_table(overlay, AS_OF)
        own = row(table, "own-part")
        assert own["overlays"] == ["house"]
        assert own["status"] == "cannot exclude"
        assert (own["tpp"], own["tpp_low"], own["tpp_high"], own["tpp_operative"]) == (1600, 1600, None, None)
        assert own["memory_bandwidth_gb_s"] is None
        assert (own["memory_bandwidth_gb_s_low"], own["memory_bandwidth_gb_s_high"]) == (500, None)
        assert own["link_bandwidth_gb_s"] == 0
        assert own["dies"] is own["die_area_mm2"] is own["declared_eccn"] is own["memory_type"] is None
        assert own["designed_or_marketed_for_datacenter"] is None
        assert row(table, "nvidia-h200-sxm")["overlays"] == []
        assert json.loads(table.schema.metadata[b"chipclass"])["overlays"] == ["house"]
