//! Keys that the platform does not know, and JSON that it does not read.

use super::case;
use super::project::*;
use crate::doctor::testing::{Case, Rig};

/// A project for Vercel with this configuration.
fn configured(rig: Rig, text: &str) -> Rig {
    vercel(rig, "\"", "\"").file("project/vercel.json", text)
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    case(
        "PLAT020",
        |rig| vercel(rig, "\"crons\"", "\"cron\""),
        |rig| vercel(rig, "\"crons\"", "\"somethingNew\": 1,\n  \"crons\""),
    ),
    case(
        "PLAT020",
        |rig| {
            configured(
                rig,
                "{ \"functions\": {\"api/*.py\": {\"maxduration\": 9}} }",
            )
        },
        |rig| {
            configured(
                rig,
                "{ \"functions\": {\"maxduration.py\": {\"maxDuration\": 9}} }",
            )
        },
    ),
    case(
        "PLAT020",
        |rig| {
            configured(
                rig,
                "{\n\"crons\": [{\"path\": \"/\", \"shedule\": \"* * * * *\"}]\n}",
            )
        },
        |rig| {
            configured(
                rig,
                "{\n\"crons\": [{\"path\": \"/\", \"schedule\": \"* * * * *\"}]\n}",
            )
        },
    ),
    case(
        "PLAT020",
        |rig| {
            configured(
                rig,
                "{\"rewrites\": [{\"source\": \"/\", \"destinaton\": \"/a\"}]}",
            )
        },
        |rig| {
            configured(
                rig,
                "{\"rewrites\": [{\"source\": \"/\", \"destination\": \"/a\"}]}",
            )
        },
    ),
    case(
        "PLAT020",
        |rig| {
            configured(
                rig,
                "{\"headers\": [{\"source\": \"/\", \"headers\": [{\"keys\": \"a\", \"value\": \"b\"}]}]}",
            )
        },
        |rig| {
            configured(
                rig,
                "{\"headers\": [{\"source\": \"/\", \"headers\": [{\"key\": \"a\", \"value\": \"b\"}]}]}",
            )
        },
    ),
    case(
        "PLAT021",
        |rig| configured(rig, "{\n  // why\n  \"framework\": null, /* none */\n}\n"),
        |rig| configured(rig, "{\n  \"framework\": null\n}\n"),
    ),
    // Others allow them, and what is broken is another matter.
    case(
        "PLAT021",
        |rig| configured(rig, "{\"regions\": [\"fra1\",]}"),
        |rig| configured(azure(rig), "{\"a\": 1 // why\n"),
    ),
];

#[test]
fn what_is_for_the_user_to_say_is_only_said() {
    let text = "{\n  \"rewrite\": [],\n  \"functionz\": {},\n  \"functions\": {\"api/a.py\": {\"timeout\": 9}},\n  \"rewrites\": [],\n  \"crons\": [{\"_comment\": \"why\", \"path\": \"/\"}],\n  \"$comment\": 1,\n  \"somethingNew\": 1\n}\n";
    let found = configured(Rig::new(), text).symptoms("PLAT020");
    let said: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "Vercel knows no key `rewrite`; `rewrites` is one",
            "Vercel knows no key `functionz`; `functions` is one",
            "Vercel knows no key `$comment`, a comment or not",
            "Vercel knows no key `timeout` in `functions.api/a.py`: there are affinity, architecture, excludeFiles, experimentalTriggers, functionFailoverRegions, includeFiles, maxConcurrency, maxDuration, memory, regions, runtime, supportsCancellation",
            "Vercel knows no key `_comment` in `crons[0]`, a comment or not",
        ]
    );
    assert!(found.iter().all(|it| it.fix.is_none()), "{found:?}");
}
