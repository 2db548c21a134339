//! Schedules that are refused, that never fire, and that call nothing.

use super::case;
use super::project::*;
use crate::doctor::testing::Case;

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    case(
        "PLAT017",
        |rig| sam_with(rig, "cron(0 12 * * ? *)", "cron(0 12 * * * *)"),
        sam,
    ),
    case(
        "PLAT017",
        |rig| vercel(rig, "0 9 * * 1-5", "0 0 9 * * *"),
        |rig| vercel(rig, "0 9 * * 1-5", "0 9 29 2 *"),
    ),
    case(
        "PLAT017",
        |rig| vercel(rig, "0 9 * * 1-5", "0 9 * * 7"),
        |rig| vercel(rig, "0 9 * * 1-5", "0 9 * * 0,6"),
    ),
    case(
        "PLAT018",
        |rig| vercel(rig, "0 9 * * 1-5", "0 9 31 2 *"),
        |rig| vercel(rig, "0 9 * * 1-5", "0 9 31 3 *"),
    ),
    case(
        "PLAT018",
        |rig| {
            azure(rig).file(
                "project/function_app.py",
                "app = f.FunctionApp()\n@app.timer_trigger(schedule=\"0 0 0 30 2 *\")\ndef t(): ...\n",
            )
        },
        |rig| {
            azure(rig).file(
                "project/function_app.py",
                "app = f.FunctionApp()\n@app.timer_trigger(schedule=\"0 0 0 30 1 *\")\ndef t(): ...\n",
            )
        },
    ),
    case(
        "PLAT018",
        |rig| {
            deployed(rig, "").file(
                "project/cron.sh",
                "gcloud scheduler jobs create http a --schedule=\"0 0 31 4 *\"\n",
            )
        },
        |rig| {
            deployed(rig, "").file(
                "project/cron.sh",
                "gcloud scheduler jobs create http a --schedule='0 0 31 5 *'\n",
            )
        },
    ),
    case(
        "PLAT019",
        |rig| vercel(rig, "/api/daily", "/api/dayly"),
        |rig| vercel(rig, "/api/daily", "/api/daily?all=1"),
    ),
    case(
        "PLAT019",
        |rig| vercel(rig, "/api/daily", "/daily"),
        |rig| {
            vercel(
                rig,
                "\"crons\": [{ \"path\": \"/api/daily\"",
                "\"rewrites\": [{\"source\": \"/(.*)\", \"destination\": \"/api/daily\"}],\n  \"crons\": [{ \"path\": \"/daily\"",
            )
        },
    ),
];
