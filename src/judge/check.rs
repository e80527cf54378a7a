//! Checks of the registry.
