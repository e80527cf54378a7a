//! Checks of datasets and files.
