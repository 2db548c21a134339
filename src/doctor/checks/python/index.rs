//! Where pip and uv take packages from.
//!
//! The look function of PY014. An address may hold a password: only names of settings and of hosts are said.

use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;
use crate::doctor::facts::pip_config::unset;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Extra indexes that serve what PyPI has, built for their machine: an operating system sets them by itself.
const MIRRORS: [&str; 2] = ["www.piwheels.org", "piwheels.org"];

pub(super) fn trusted_too_far(facts: &Facts) -> Outcome {
    let mut symptoms = of_pip(facts);
    symptoms.extend(of_uv_variables(facts));
    symptoms.extend(of_uv_files(facts));
    Outcome::of(symptoms)
}

fn of_pip(facts: &Facts) -> Vec<Symptom> {
    let config = facts.pip_config();
    let mut symptoms = Vec::new();
    let mut say = |key: &str, judge: &dyn Fn(&str) -> Option<String>| {
        let Some(setting) = config.of_install(key) else {
            return;
        };
        let message = setting.value.split_whitespace().find_map(judge);
        if let Some(message) = message {
            let symptom = Symptom::new(format!("`{}`: {message}", setting.name()));
            let symptom = setting.show(symptom);
            symptoms.push(match setting.unset(&facts.host) {
                Some(command) => symptom.next(command),
                None => symptom,
            });
        }
    };
    say("index-url", &in_clear);
    say("extra-index-url", &|url| {
        in_clear(url).or_else(|| {
            let host = host(url)?;
            (!MIRRORS.contains(&host)).then(|| {
                format!(
                    "pip takes the higher version, from the index at `{host}` or from the other one"
                )
            })
        })
    });
    say("trusted-host", &|name| {
        let name = bare(name);
        (!is_local(name)).then(|| format!("the certificate of `{name}` is not looked at"))
    });
    symptoms
}

fn of_uv_variables(facts: &Facts) -> Vec<Symptom> {
    const ADDRESSES: [&str; 4] = [
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_INDEX",
        "UV_EXTRA_INDEX_URL",
    ];
    let host = &facts.host;
    let mut symptoms = Vec::new();
    let mut say = |name: &str, message: String| {
        let symptom = Symptom::new(format!("`{name}`: {message}"));
        symptoms.push(symptom.next(unset(host, name)));
    };
    for name in ADDRESSES {
        let value = host.text(name).unwrap_or_default();
        // An index can have a name: `NAME=URL`.
        let mut urls = value.split_whitespace().map(|it| match it.split_once('=') {
            Some((name, url)) if !name.contains(':') => url,
            _ => it,
        });
        if let Some(message) = urls.find_map(in_clear) {
            say(name, message);
        }
    }
    if let Some(message) = host.text("UV_INDEX_STRATEGY").and_then(strategy) {
        say("UV_INDEX_STRATEGY", message);
    }
    if let Some(message) = host.text("UV_INSECURE_HOST").and_then(insecure) {
        say("UV_INSECURE_HOST", message);
    }
    symptoms
}

fn of_uv_files(facts: &Facts) -> Vec<Symptom> {
    let mut symptoms = Vec::new();
    for config in facts.uv_configs() {
        let mut say = |key: &str, node: &Node, message: String| {
            let symptom = Symptom::new(format!("`{key}` of uv: {message}"));
            symptoms.push(symptom.seen_in(Evidence::path(&config.file).line(node.line)));
        };
        for key in ["index-url", "extra-index-url"] {
            if let Some(node) = config.option(key)
                && let Some(message) = node.texts().into_iter().find_map(in_clear)
            {
                say(key, node, message);
            }
        }
        for index in config.option("index").map_or(&[][..], Node::items) {
            if let Some(url) = index.at(&["url"])
                && let Some(message) = url.text().and_then(in_clear)
            {
                say("index", url, message);
            }
        }
        if let Some(node) = config.option("index-strategy")
            && let Some(message) = node.text().and_then(strategy)
        {
            say("index-strategy", node, message);
        }
        if let Some(node) = config.option("allow-insecure-host")
            && let Some(message) = node.texts().into_iter().find_map(insecure)
        {
            say("allow-insecure-host", node, message);
        }
    }
    symptoms
}

/// uv takes a package from the first index that has it; these words make it do as pip does.
fn strategy(value: &str) -> Option<String> {
    value
        .starts_with("unsafe-")
        .then(|| format!("with `{value}`, any index may serve any package"))
}

fn insecure(value: &str) -> Option<String> {
    let name = value
        .split_whitespace()
        .map(bare)
        .find(|it| !is_local(it))?;
    Some(format!("the certificate of `{name}` is not looked at"))
}

/// The host of an address or of `HOST:PORT`.
fn bare(name: &str) -> &str {
    let name = host(name).unwrap_or(name);
    let name = name.rsplit('@').next().unwrap_or(name);
    match name.rsplit_once(':') {
        // What has more colons is an address of IPv6.
        Some((host, _)) if !host.contains(':') => host,
        _ => name,
    }
}

/// What is wrong with an address that is not on this machine and has no TLS.
fn in_clear(url: &str) -> Option<String> {
    let scheme = url.get(..7)?;
    if !scheme.eq_ignore_ascii_case("http://") {
        return None;
    }
    let host = host(url)?;
    (!is_local(host)).then(|| format!("the index at `{host}` is reached without TLS"))
}

/// The host in an address, without a user, a password or a port.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    if let Some(inside) = host.strip_prefix('[') {
        return inside.split(']').next();
    }
    host.split(':').next().filter(|it| !it.is_empty())
}

fn is_local(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "::1"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{host, in_clear, insecure};

    #[test]
    fn a_password_is_never_said() {
        let said = in_clear("http://ada:secret@index.example:8080/simple?token=x").unwrap();
        assert_eq!(said, "the index at `index.example` is reached without TLS");
        assert_eq!(host("https://a:b@c@[2001:db8::1]:80/"), Some("2001:db8::1"));
        for local in [
            "http://localhost:3141/",
            "http://127.0.0.1/",
            "http://[::1]:80/",
        ] {
            assert_eq!(in_clear(local), None, "{local}");
        }
        assert_eq!(insecure("localhost:8080"), None);
        assert!(
            insecure("https://a:secret@b.example")
                .unwrap()
                .contains("`b.example`")
        );
    }

    proptest! {
        #[test]
        fn no_address_is_too_strange(url in "\\PC{0,60}") {
            in_clear(&url);
            insecure(&url);
            in_clear(&format!("http://{url}"));
        }
    }
}
