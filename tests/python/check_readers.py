"""Reads a dataset with DuckDB, PyArrow, pandas, Polars and Hugging Face datasets as a user would, and checks what all
see against the committed schemas.

Usage: check_readers.py DATASET SCHEMAS

Prints a line for each check that fails and closes with "N passed, N failed"; exits 1 if any failed, 2 on bad usage.
"""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

# Nothing is fetched: this must stand before the import of datasets.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

import datasets
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

# Arrow's name of a type, as the schemas list it, to the type in Polars and in datasets.
LOADED = {
    "Utf8": (pl.String, datasets.Value("string")),
    "Int32": (pl.Int32, datasets.Value("int32")),
    "Int64": (pl.Int64, datasets.Value("int64")),
    "Float32": (pl.Float32, datasets.Value("float32")),
    "Boolean": (pl.Boolean, datasets.Value("bool")),
    "Date32": (pl.Date, datasets.Value("date32")),
    "Timestamp": (pl.Datetime("us"), datasets.Value("timestamp[us]")),
    "List": (pl.List(pl.String), datasets.List(datasets.Value("string"))),
}

# Arrow's name of a type, as the schemas list it, to the type in PyArrow and in DuckDB.
TYPES = {
    "Utf8": (pa.string(), "VARCHAR"),
    "Int32": (pa.int32(), "INTEGER"),
    "Int64": (pa.int64(), "BIGINT"),
    "Float32": (pa.float32(), "FLOAT"),
    "Boolean": (pa.bool_(), "BOOLEAN"),
    "Date32": (pa.date32(), "DATE"),
    "Timestamp": (pa.timestamp("us"), "TIMESTAMP"),
    "List": (pa.list_(pa.field("element", pa.string(), nullable=False)), "VARCHAR[]"),
}

# A table of the dataset, the subject of its schema, and its files.
TABLES = [
    ("articles", "article", "articles/*.parquet"),
    ("removals", "removal", "removals/*.parquet"),
    ("rejects", "reject", "rejects.parquet"),
]


class Checks:
    """Counts what passed and prints what failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, holds, what):
        """Notes one check."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"failed: {what}")
        return holds

    def equal(self, found, wanted, what):
        """Notes whether two values are the same."""
        return self.that(found == wanted, f"{what}: found {found!r}, wanted {wanted!r}")


def listed(schemas, subject):
    """The declared columns of a table as (name, name of the type, nullable)."""
    listing = json.loads((schemas / f"{subject}.arrow.json").read_text(encoding="utf-8"))
    for column in listing["columns"]:
        yield column["name"], re.match(r"\w+", column["type"]).group(), column["nullable"]


def declared(schemas, subject):
    """The declared columns of a table as (name, arrow type, duckdb type, nullable)."""
    for name, kind, nullable in listed(schemas, subject):
        yield (name, *TYPES[kind], nullable)


def check_pyarrow(checks, dataset, schemas):
    """Every file of every table, its schema and its rows."""
    rows = {}
    for table, subject, pattern in TABLES:
        files = sorted(dataset.glob(pattern))
        checks.that(files, f"pyarrow: {table}: no file at {pattern}")
        columns = list(declared(schemas, subject))
        for file in files:
            schema = pq.read_schema(file)
            where = f"pyarrow: {file.relative_to(dataset)}"
            checks.equal(schema.names, [name for name, *_ in columns], f"{where}: columns")
            for name, arrow_type, _, nullable in columns:
                field = schema.field(name) if name in schema.names else None
                found = (field.type, field.nullable) if field is not None else None
                checks.equal(found, (arrow_type, nullable), f"{where}: {name}")
        # As one dataset, the way training code opens it.
        data = ds.dataset([str(file) for file in files], format="parquet").to_table()
        rows[table] = data.num_rows
        for name, _, _, nullable in columns:
            n_nulls = data.column(name).null_count
            checks.that(nullable or n_nulls == 0, f"pyarrow: {table}.{name}: {n_nulls} nulls in a column without nulls")
    return rows


def check_duckdb(checks, dataset, schemas):
    """The declared types column by column, and the invariants as SQL."""
    rows = {}
    with duckdb.connect() as db:
        for table, subject, pattern in TABLES:
            source = f"read_parquet('{pattern}')"
            found = {name: kind for name, kind, *_ in db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
            for name, _, duck_type, _ in declared(schemas, subject):
                checks.equal(found.get(name), duck_type, f"duckdb: {table}.{name}")
            rows[table] = db.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
        for statement in db.extract_statements((schemas / "checks.sql").read_text(encoding="utf-8")):
            broken = db.execute(statement).fetchall()
            # A statement that makes a view or a macro is no check, and returns no row that could break one.
            if statement.type == duckdb.StatementType.SELECT:
                name = re.search(r"SELECT '(\w+)'", statement.query)
                name = name.group(1) if name else "unnamed"
                checks.that(not broken, f"duckdb: {name}: {len(broken)} rows, the first is {broken[:1]}")
    return rows


def answers(schemas):
    """What DuckDB says of the articles: rows, and the columns whose types readers differ in, by id."""
    wanted = [name for name, kind, _ in listed(schemas, "article") if kind in ("List", "Date32", "Timestamp")]
    columns = ["id", "text", *wanted]
    with duckdb.connect() as db:
        rows = db.execute(f"SELECT {', '.join(columns)} FROM read_parquet('articles/*.parquet') ORDER BY id").fetchall()
    return columns, rows


def check_pandas(checks, dataset, schemas, columns, rows):
    """pandas with its own types: lists are arrays of strings, days and times are told apart."""
    frame = pd.concat([pd.read_parquet(file) for file in sorted(dataset.glob("articles/*.parquet"))])
    checks.equal(len(frame), len(rows), "pandas: articles: rows")
    frame = frame.sort_values("id").reset_index(drop=True)
    kinds = {name: kind for name, kind, _ in listed(schemas, "article")}
    checks.equal(list(frame.columns), list(kinds), "pandas: articles: columns")
    for at, name in enumerate(columns):
        wanted = [row[at] for row in rows]
        found = frame[name]
        if kinds[name] == "Timestamp":
            checks.equal(str(found.dtype), "datetime64[us]", f"pandas: articles.{name}")
            found = [None if pd.isna(value) else value.to_pydatetime() for value in found]
        elif kinds[name] == "List":
            found = [list(value) for value in found]
        elif kinds[name] == "Date32":
            found = [None if pd.isna(value) else value for value in found]
        else:
            found = list(found)
        checks.that(found == wanted, f"pandas: articles.{name}: other values than in duckdb")


def check_polars(checks, schemas, columns, rows):
    """Polars: each declared type, and the values that DuckDB sees."""
    frame = pl.read_parquet("articles/*.parquet").sort("id")
    checks.equal(frame.height, len(rows), "polars: articles: rows")
    for name, kind, _ in listed(schemas, "article"):
        checks.equal(frame.schema.get(name), LOADED[kind][0], f"polars: articles.{name}")
    for at, name in enumerate(columns):
        checks.that(frame[name].to_list() == [row[at] for row in rows], f"polars: articles.{name}: other values")


def check_datasets(checks, dataset, schemas, columns, rows):
    """Hugging Face datasets: loads without a network, with the declared features and the values that DuckDB sees."""
    files = {"articles": sorted(map(str, dataset.glob("articles/*.parquet")))}
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset("parquet", data_files=files, split="articles", cache_dir=cache)
        checks.equal(loaded.num_rows, len(rows), "datasets: articles: rows")
        for name, kind, _ in listed(schemas, "article"):
            checks.equal(loaded.features.get(name), LOADED[kind][1], f"datasets: articles.{name}")
        found = sorted((tuple(row[name] for name in columns) for row in loaded), key=lambda row: row[0])
        for at, name in enumerate(columns):
            same = [row[at] for row in found] == [row[at] for row in rows]
            checks.that(same, f"datasets: articles.{name}: other values than in duckdb")


def check_totals(checks, dataset, rows):
    """The manifest says what the files hold."""
    manifest = json.loads((dataset / "manifest.json").read_text(encoding="utf-8"))
    totals = manifest.get("totals", {})
    for table in ("articles", "removals"):
        if table in totals:
            checks.equal(totals[table], rows[table], f"manifest: totals.{table}")


def check_readme(checks, readme):
    """A query that README.md shows with an answer gives that answer."""
    text = readme.read_text(encoding="utf-8")
    shown = re.findall(r"```sql\n([^`]+)```\s+```text\n([^`]+)```", text)
    checks.that(shown, "README.md shows no query with an answer")
    for query, answer in shown:
        # README runs one folder above the dataset.
        rows = duckdb.sql(query.replace("'dataset/", "'")).fetchall()
        found = "\n".join(" | ".join(str(value) for value in row) for row in rows)
        checks.equal(found, answer.strip(), f"README.md: {query.split(chr(10))[0]}")


def main(arguments):
    """Runs all checks."""
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    dataset, schemas = (Path(argument).resolve() for argument in arguments)
    checks = Checks()
    # checks.sql names its files from inside the dataset.
    os.chdir(dataset)
    arrow_rows = check_pyarrow(checks, dataset, schemas)
    duck_rows = check_duckdb(checks, dataset, schemas)
    checks.equal(duck_rows, arrow_rows, "rows that duckdb and pyarrow see")
    checks.that(arrow_rows["articles"] > 0, "the dataset holds no article: nothing was checked")
    columns, rows = answers(schemas)
    check_pandas(checks, dataset, schemas, columns, rows)
    check_polars(checks, schemas, columns, rows)
    check_datasets(checks, dataset, schemas, columns, rows)
    check_totals(checks, dataset, arrow_rows)
    check_readme(checks, schemas.parent / "README.md")
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
