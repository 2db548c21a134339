//! NET: certificates, proxies, the clock, and whether the index is reached.

mod bundle;
#[cfg(test)]
pub(crate) mod cases;
mod clock;
mod index;
mod proxy;

use crate::doctor::check::{Check, Needs, Severity, manual};
use crate::doctor::symptom::{Outcome, Symptom};

/// The conditions, in order.
pub(crate) const CHECKS: &[Check] = &[
    manual(
        "NET001",
        Severity::Error,
        bundle::leads_nowhere,
        [
            "a variable names certificates that are not there",
            "what trusts only them trusts nobody then: every connection by HTTPS fails",
            "Name a file in PEM format, or unset the variable.",
        ],
    )
    .of_machine(),
    manual(
        "NET002",
        Severity::Warning,
        bundle::for_some_only,
        [
            "certificates are named for some programs only",
            "uv, Python's `ssl` and what is built on `requests` each read variables of their own: behind a proxy the one works and the other fails",
            "Set the variables of all of them to the same file.",
        ],
    )
    .of_machine(),
    manual(
        "NET003",
        Severity::Warning,
        proxy::divided,
        [
            "the proxy's variables do not fit together",
            "some programs go through the proxy, some past it, and emulators on this machine are looked for behind it",
            "Set `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` together, the same in capitals and in small letters.",
        ],
    )
    .of_machine(),
    manual(
        "NET004",
        Severity::Warning,
        index::out_of_reach,
        [
            "the package index is not reached",
            "nothing can be installed that is not in a cache already",
            "Look at the network, at the proxy and at the certificates, in this order.",
        ],
    )
    .of_machine()
    .needing(Needs::Online),
    manual(
        "NET005",
        Severity::Warning,
        clock::wrong,
        [
            "the clock is wrong",
            "certificates count as not valid yet, and whatever goes by times of change does too much or too little",
            "Set the clock, or let the system keep it.",
        ],
    )
    .of_machine(),
];

fn found(symptom: Symptom) -> Outcome {
    Outcome::of([symptom])
}
