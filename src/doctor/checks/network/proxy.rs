//! The variables that name a proxy.
//!
//! The look function of NET003. Their values hold passwords: none is ever said.

use crate::doctor::facts::Facts;
use crate::doctor::facts::pip_config::unset;
use crate::doctor::symptom::{Outcome, Symptom};

pub(super) fn divided(facts: &Facts) -> Outcome {
    let host = &facts.host;
    let value = |name: &str| host.text(name).or_else(|| host.text(&name.to_lowercase()));
    let mut symptoms = Vec::new();
    // Names of variables have no case on Windows.
    if !host.is_windows() {
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            let small = name.to_lowercase();
            if let (Some(one), Some(other)) = (host.variable(name), host.variable(&small))
                && one != other
            {
                let message = format!("{name} and {small} are not the same");
                symptoms.push(Symptom::new(message).next(format!("export {small}=\"${name}\"")));
            }
        }
    }
    let for_all = value("ALL_PROXY").is_some();
    let (plain, secure) = (value("HTTP_PROXY"), value("HTTPS_PROXY"));
    if plain.is_some() && secure.is_none() && !for_all {
        let message =
            "HTTP_PROXY is set, and HTTPS_PROXY is not: indexes are reached past the proxy";
        let command = if host.is_windows() {
            "$env:HTTPS_PROXY = $env:HTTP_PROXY".to_owned()
        } else if host.variable("HTTP_PROXY").is_some() {
            "export HTTPS_PROXY=\"$HTTP_PROXY\"".to_owned()
        } else {
            "export https_proxy=\"$http_proxy\"".to_owned()
        };
        symptoms.push(Symptom::new(message).next(command));
    }
    let is_set = plain.is_some() || secure.is_some() || for_all;
    if is_set && !value("NO_PROXY").is_some_and(spares_this_machine) {
        let message = "a proxy is set, and NO_PROXY does not name localhost";
        let names = "localhost,127.0.0.1,::1";
        let command = if host.is_windows() {
            format!("$env:NO_PROXY = \"{names},$env:NO_PROXY\"")
        } else {
            format!("export NO_PROXY=\"{names}${{NO_PROXY:+,$NO_PROXY}}\"")
        };
        symptoms.push(Symptom::new(message).next(command));
    }
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        if value(name).is_some_and(|it| it.trim().is_empty() || it.contains(char::is_whitespace)) {
            let message = format!("{name} has a space in it, and is no address");
            symptoms.push(Symptom::new(message).next(unset(host, name)));
        }
    }
    Outcome::of(symptoms)
}

/// Whether what is not to go through a proxy includes this machine.
fn spares_this_machine(value: &str) -> bool {
    value
        .split([',', ' '])
        .map(str::trim)
        .any(|it| it == "*" || it.eq_ignore_ascii_case("localhost") || it.starts_with("127."))
}
