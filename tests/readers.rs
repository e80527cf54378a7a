//! DuckDB and PyArrow read what `build` writes. `make test` sets the two up and names their Python.

use std::process::Command;

use crate::{copydesk, root, scratch};

/// Environment variable that names the Python which has DuckDB and PyArrow.
pub(crate) const PYTHON: &str = "COPYDESK_PYTHON";

#[test]
fn duckdb_and_pyarrow_see_the_declared_columns_and_the_sums() {
    let Some(python) = std::env::var_os(PYTHON) else {
        eprintln!("{PYTHON} is not set: `make test` runs this check with DuckDB and PyArrow");
        return;
    };
    let folder = scratch("readers");
    let dataset = folder.join("dataset");
    let built = copydesk(root(), &["build", "samples/dumps", "--quiet", "-o", &dataset.display().to_string()]);
    assert!(matches!(built.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&built.stderr));
    let checked = Command::new(python)
        .arg(root().join("tests/python/check_readers.py"))
        .args([&dataset, &root().join("schemas")])
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&checked.stdout);
    eprintln!("{said}");
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}
