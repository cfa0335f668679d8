//! Examples, written later in this file.
