"""Reads a dataset with DuckDB and PyArrow as a user would, and checks what both see against the committed schemas.

Usage: check_readers.py DATASET SCHEMAS

Prints a line for each check that fails and closes with "N passed, N failed"; exits 1 if any failed, 2 on bad usage.
"""

import json
import os
import re
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

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


def declared(schemas, subject):
    """The declared columns of a table as (name, arrow type, duckdb type, nullable)."""
    listing = json.loads((schemas / f"{subject}.arrow.json").read_text(encoding="utf-8"))
    for column in listing["columns"]:
        name = re.match(r"\w+", column["type"]).group()
        yield (column["name"], *TYPES[name], column["nullable"])


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
    check_totals(checks, dataset, arrow_rows)
    check_readme(checks, schemas.parent / "README.md")
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
