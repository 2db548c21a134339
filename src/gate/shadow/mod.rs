//! Copies of what is to be checked, laid out beside the repository for tools to run in.
//!
//! Called by the run. Neither copy has a `.git`: what a tool does in there with git reaches no repository. It must not know which
//! tools there are.
