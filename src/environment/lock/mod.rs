//! Locking requirements: `pyproject.toml` in, `requirements.txt` and `requirements-dev.txt` out.
//!
//! Called by `cli`. First everything is resolved, then everything is written.

pub(crate) mod refresh;
mod uv;
