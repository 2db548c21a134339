//! Where the conditions of this group are, and where they only nearly are.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

use crate::doctor::testing::{Case, Rig};

const DEPLOY: &str = "project/requirements.txt";
const DEV: &str = "project/requirements-dev.txt";
const MANIFEST: &str = "project/pyproject.toml";

/// A project that `scaffold new` made, for a platform, with these dependencies and tools.
fn ours(rig: Rig, platform: &str, dependencies: &str, more: &str) -> Rig {
    let text = format!(
        "[project]\nname = \"x\"\nversion = \"0\"\ndependencies = [{dependencies}]\n{more}\n[tool.scaffold.answers]\nplatform = \"{platform}\"\npython = \"3.12\"\n"
    );
    rig.file(MANIFEST, text)
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// What an index says of some versions, and what osv.dev does.
const PAGES: [(&str, &str); 4] = [
    (
        "GET /simple/gone/",
        r#"{"files": [{"filename": "gone-1.0.tar.gz", "yanked": "it deletes files"}, {"filename": "gone-1.1.tar.gz", "yanked": false}]}"#,
    ),
    (
        "GET /simple/compiled/",
        r#"{"files": [{"filename": "compiled-1.0-cp312-cp312-win_amd64.whl"}, {"filename": "compiled-1.1-cp312-cp312-manylinux_2_17_x86_64.whl"}]}"#,
    ),
    (
        "GET /simple/plain/",
        r#"{"files": [{"filename": "plain-1.0-py3-none-any.whl", "yanked": false}]}"#,
    ),
    (
        "POST /v1/querybatch",
        r#"{"results": [{"vulns": [{"id": "GHSA-x"}, {"id": "PYSEC-y"}]}, {}]}"#,
    ),
];

/// With an index and a copy of osv.dev on this machine.
fn online(mut rig: Rig) -> Rig {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap()));
        }
    });
    rig.may.online = true;
    let path = std::env::var_os("PATH").unwrap_or_default();
    rig.with(|host| {
        host.with_variable("PATH", path)
            .with_variable("PIP_INDEX_URL", format!("{address}/simple"))
            .with_variable("SCAFFOLD_OSV_URL", address)
    })
}

fn answer(mut stream: std::net::TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut asked, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        asked.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let page = PAGES.iter().find(|(page, _)| asked.starts_with(page));
    // The advisories are of the first package, and only of its old version.
    let page = page.filter(|_| length == 0 || body.contains("\"1.0\""));
    let (status, page) = page.map_or(("404 Not Found", "{}"), |(_, page)| ("200 OK", *page));
    let empty = r#"{"results": [{}]}"#;
    let (status, page) = if length > 0 && page == "{}" {
        ("200 OK", empty)
    } else {
        (status, page)
    };
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(text.as_bytes()).unwrap();
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "REQ001",
        sick: |rig| {
            rig.file(DEPLOY, "flask[async]>=3 ; python_version > '3.8' # why\n")
                .environment("3.12.4")
                .distribution("flask", "3.1.0", "")
        },
        well: |rig| {
            rig.file(
                DEPLOY,
                "flask==3.1.0\nx @ https://host/x-1.zip\n-c pins.txt\njinja2\n",
            )
            .file("project/pins.txt", "jinja2==3\n")
        },
    },
    Case {
        code: "REQ001",
        sick: |rig| ours(rig, "vercel", "\"flask\"", "").file(DEPLOY, "flask\n"),
        well: |rig| rig.file(DEPLOY, "# nothing\n"),
    },
    Case {
        code: "REQ002",
        sick: |rig| {
            ours(rig, "vercel", "", "").file(DEPLOY, "a==1 --hash=sha256:00\nb==1 \\\n    # why\n")
        },
        well: |rig| {
            rig.file(
                DEPLOY,
                "a==1 --hash=sha256:00\nb==1 \\\n    --hash=sha256:01\n",
            )
            .file(DEV, "c==1\n")
        },
    },
    Case {
        code: "REQ003",
        sick: |rig| ours(rig, "vercel", "", "").file(DEPLOY, "a==1\nB==1\nA==2\n"),
        well: |rig| {
            rig.file(
                DEPLOY,
                "a==1 ; sys_platform == 'win32'\na==2 ; sys_platform != 'win32'\nb>=1\nb==1.5\n",
            )
        },
    },
    Case {
        code: "REQ003",
        sick: |rig| rig.file(DEPLOY, "a==1\nb==1\na==1\n"),
        well: |rig| {
            rig.file(
                DEPLOY,
                "a==1 ; python_version < '3.12'\na==2 ; python_version >= '3.12'\n-c pins.txt\n",
            )
            .file("project/pins.txt", "c==1\nc==2\n")
        },
    },
    Case {
        code: "REQ003",
        sick: |rig| {
            ours(rig, "vercel", "", "")
                .file(DEPLOY, "a==1\n")
                .file(DEV, "-r requirements.txt\na==2\n")
        },
        well: |rig| {
            rig.file(DEPLOY, "a==1\n")
                .file(DEV, "-r requirements.txt\na==1\n")
        },
    },
    Case {
        code: "REQ004",
        sick: |rig| rig.file(DEPLOY, utf16("flask==3\r\n# é\r\n")),
        well: |rig| rig.file(DEPLOY, "flask==3\n# é\n"),
    },
    Case {
        code: "REQ004",
        sick: |rig| rig.file(DEV, "\u{feff}flask==3\n"),
        well: |rig| {
            rig.file(DEV, "flask==3\r\n")
                .with(crate::host::Host::on_windows)
        },
    },
    Case {
        code: "REQ005",
        sick: |rig| {
            rig.file(DEPLOY, "flask==3\npytest==9\n")
                .file(DEV, "black==26\n")
        },
        // What a lock has may be required by what is deployed.
        well: |rig| {
            rig.file(
                DEPLOY,
                "# This file is autogenerated by pip-compile\npytest==9\n",
            )
            .file(DEV, "-r requirements.txt\npytest==9\n")
        },
    },
    Case {
        code: "REQ006",
        sick: |rig| {
            rig.file("project/vercel.json", "{}")
                .file(DEPLOY, "flask==3\npywin32==306 # why\n")
        },
        well: |rig| {
            rig.file("project/vercel.json", "{}").file(
                DEPLOY,
                "pywin32==306 ; sys_platform == 'win32'\npyobjc==10 ; platform_system == \"Darwin\"\n",
            )
        },
    },
    Case {
        code: "REQ007",
        sick: |rig| {
            ours(rig, "aws-lambda", "\"flask>=3\", \"httpx\"", "")
                .file("project/src/requirements.txt", "flask==2.0\nhttpx==1\n")
        },
        well: |rig| {
            ours(rig, "aws-lambda", "\"flask>=3\", \"httpx\"", "").file(
                "project/src/requirements.txt",
                "Flask==3.1\nhttpx==1\njinja2==3\n",
            )
        },
    },
    Case {
        code: "REQ007",
        sick: |rig| {
            ours(
                rig,
                "vercel",
                "\"flask\"",
                "[tool.uv]\nconstraint-dependencies = [\"flask==3.0\"]\n",
            )
            .file(DEPLOY, "flask==3.1 --hash=sha256:00\n")
        },
        well: |rig| {
            ours(
                rig,
                "vercel",
                "\"flask\"",
                "[tool.uv]\nconstraint-dependencies = [\"Flask==3.1\"]\n",
            )
            .file(DEPLOY, "flask==3.1 --hash=sha256:00\n")
        },
    },
    Case {
        code: "REQ007",
        sick: |rig| ours(rig, "vercel", "", "").file(DEPLOY, "flask==3.1\n"),
        // Another one's project, whose file is there for something else.
        well: |rig| {
            rig.file(
                MANIFEST,
                "[project]\nname = \"x\"\nversion = \"0\"\ndependencies = [\"flask\"]\n",
            )
            .file(DEPLOY, "sphinx==8\n")
        },
    },
    Case {
        code: "REQ008",
        sick: |rig| {
            ours(
                rig,
                "vercel",
                "",
                "[dependency-groups]\ndev = [\"black>=26\"]\n",
            )
            .file(DEV, "black==25.1.0 --hash=sha256:00\n")
        },
        well: |rig| {
            ours(rig, "vercel", "", "[dependency-groups]\ndev = [\"black>=26\"]\n")
                .file(DEV, "black==26.10.1 --hash=sha256:00\n")
                .file(
                    "project/uv.lock",
                    "[[package]]\nname = \"x\"\nsource = { virtual = \".\" }\n[package.metadata.requires-dev]\ndev = [{ name = \"black\", specifier = \">=26\" }]\n",
                )
        },
    },
    Case {
        code: "REQ009",
        sick: |rig| online(rig).file(DEPLOY, "gone==1.0\nplain==1.0\n"),
        well: |rig| online(rig).file(DEPLOY, "gone==1.1\nplain==1.0\nunknown==1\n"),
    },
    Case {
        code: "REQ010",
        sick: |rig| online(ours(rig, "vercel", "", "")).file(DEPLOY, "compiled==1.0\n"),
        well: |rig| {
            online(ours(rig, "vercel", "", ""))
                .file(DEPLOY, "compiled==1.1\nplain==1.0\ngone==1.1\n")
        },
    },
    Case {
        code: "REQ011",
        sick: |rig| online(rig).file(DEPLOY, "gone==1.0\nplain==1.0\n"),
        well: |rig| online(rig).file(DEPLOY, "gone==1.1\n"),
    },
    Case {
        code: "REQ012",
        sick: |rig| {
            rig.file("project/vercel.json", "{}").file(
                DEPLOY,
                "-e .\n../other\nx @ file:///home/me/x\ny @ git+ssh://git@github.com/me/y\n",
            )
        },
        well: |rig| {
            rig.file("project/vercel.json", "{}").file(
                DEPLOY,
                "./library\nx @ git+https://github.com/me/x@v1\nhttps://host/y-1.zip\nflask==3\n",
            )
        },
    },
    Case {
        code: "REQ013",
        sick: |rig| {
            rig.file(
                DEPLOY,
                "--index-url https://me:word@host/simple\nflask==3\n",
            )
        },
        well: |rig| {
            rig.file(
                DEPLOY,
                "--index-url https://me:${WORD}@host/simple\nflask==3\n",
            )
        },
    },
    Case {
        code: "REQ013",
        sick: |rig| {
            rig.file(
                MANIFEST,
                "[project]\nname = \"x\"\ndependencies = [\"x @ https://me:word@host/x.zip\"]\n",
            )
        },
        well: |rig| {
            rig.file(
                MANIFEST,
                "[project]\nname = \"x\"\nauthors = [{ email = \"me@host\" }]\nurls = { a = \"https://host/@me:x\" }\n",
            )
        },
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "six\nflask ==\n"),
        well: |rig| rig.file(DEPLOY, "six\nflask == 3\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "six\n==2\n"),
        well: |rig| rig.file(DEPLOY, "six\nflask == 3\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "six\nrequests>=>2\n"),
        well: |rig| rig.file(DEPLOY, "six\nflask == 3\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "six\nfoo bar\n"),
        well: |rig| rig.file(DEPLOY, "six\nflask == 3\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "six\n-r gone.txt\n"),
        well: |rig| rig.file(DEPLOY, "six\n-r https://host/gone.txt\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "six\n-c nope.txt\n"),
        well: |rig| rig.file(DEPLOY, "six\n-c ${HERE}/nope.txt\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| {
            rig.file(
                DEV,
                "black\n<<<<<<< HEAD\nflake8==7\n=======\nflake8==6\n>>>>>>> a/b\n",
            )
        },
        well: |rig| rig.file(DEV, "black\n# <<<<<<< HEAD\nflake8==7\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file(DEPLOY, "flask==3 --hash=sha256:dead\n"),
        well: |rig| {
            rig.file(
                DEPLOY,
                format!("flask==3 --hash=sha256:{}\n", "0a".repeat(32)),
            )
        },
    },
    Case {
        code: "REQ014",
        sick: |rig| {
            rig.file(
                MANIFEST,
                "[project]\nname = \"x\"\ndependencies = [\"flask ==\", \"re quests\"]\n",
            )
        },
        well: |rig| {
            rig.file(MANIFEST, "[project]\nname = \"x\"\ndependencies = [\"flask ~= 3.0\"]\n[dependency-groups]\ndev = [{ include-group = \"x\" }, \"x @ {root:uri}/x\"]\nx = []\n")
        },
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.file("project/Pipfile", "[packages\n"),
        well: |rig| rig.file("project/Pipfile", "[packages]\nflask = \"*\"\n"),
    },
    Case {
        code: "REQ014",
        sick: |rig| rig.dir(DEPLOY),
        well: |rig| rig.file(DEPLOY, ""),
    },
    Case {
        code: "REQ014",
        sick: |rig| {
            rig.file(DEPLOY, "-r large.txt\n")
                .file("project/large.txt", vec![b'\n'; 9 << 20])
        },
        well: |rig| {
            rig.file(DEPLOY, "-r small.txt\n")
                .file("project/small.txt", "\n")
        },
    },
];

#[test]
fn nothing_is_called_healthy_that_is_not_there() {
    let rig = Rig::new().file("project/pyproject.toml", "[tool.x]\n");
    for code in ["REQ002", "REQ003", "REQ004", "REQ005", "REQ008", "REQ014"] {
        let verdict = rig.verdict(code);
        assert!(
            matches!(verdict, crate::doctor::engine::Verdict::Skipped(_)),
            "{code}: {verdict:?}"
        );
    }
}
