//! How the program is linked.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo says in variables what it builds for"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|it| it == value);
    // At a fixed place: else every pointer in its tables has to be set right at every start, which takes longer than `--version` does.
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
