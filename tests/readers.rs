//! DuckDB, PyArrow, pandas, Polars and Hugging Face datasets read what `build` writes. `make test` sets them up and names
//! their Python.

use std::process::Command;

use crate::{copydesk, root, scratch};

/// Environment variable that names the Python which has the readers.
pub(crate) const PYTHON: &str = "COPYDESK_PYTHON";

#[test]
fn every_reader_sees_the_declared_columns_and_the_sums() {
    let Some(python) = std::env::var_os(PYTHON) else {
        eprintln!("{PYTHON} is not set: `make test` runs this check with its readers");
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
