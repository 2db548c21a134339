//! Where the conditions of this group are, and where they only nearly are.

use std::time::{Duration, SystemTime};

use crate::doctor::testing::{Case, Rig};
use crate::host::Host;

const PEM: &str = "# ours\n\n-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

/// A file of certificates that this variable names.
fn named(rig: Rig, variable: &str) -> Rig {
    rig.file("corporate.pem", PEM)
        .variable(variable, "{root}/corporate.pem")
}

fn uv(rig: Rig) -> Rig {
    rig.program("tools/uv", "\x7fELF").on_path(&["tools"])
}

fn now(rig: Rig) -> Rig {
    rig.with(|host| host.at(SystemTime::now() + Duration::from_hours(24 * 365)))
}

/// With leave to ask the network, and something to ask with.
pub(super) fn online(mut rig: Rig) -> Rig {
    rig.may.online = true;
    let path = std::env::var_os("PATH").unwrap_or_default();
    rig.with(|host| host.with_variable("PATH", path))
}

/// An index on this machine that answers once, with this status.
fn answering(rig: Rig, status: &'static str) -> Rig {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/simple", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            drop(stream.read(&mut [0; 4096]));
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    online(rig).variable("PIP_INDEX_URL", &address)
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "NET001",
        sick: |rig| rig.variable("SSL_CERT_FILE", "{root}/none.pem"),
        well: |rig| named(rig, "SSL_CERT_FILE"),
    },
    // What Windows exports by default is no PEM.
    Case {
        code: "NET001",
        sick: |rig| {
            rig.file("corporate.cer", [0x30, 0x82, 0x03, 0xff])
                .variable("REQUESTS_CA_BUNDLE", "{root}/corporate.cer")
        },
        well: |rig| {
            rig.dir("certificates")
                .variable("REQUESTS_CA_BUNDLE", "{root}/certificates")
        },
    },
    Case {
        code: "NET001",
        sick: |rig| rig.variable("SSL_CERT_DIR", "{root}/none:{root}/nowhere"),
        well: |rig| {
            rig.dir("certificates")
                .variable("SSL_CERT_DIR", "{root}/none:{root}/certificates")
        },
    },
    Case {
        code: "NET001",
        sick: |rig| rig.file("system/etc/pip.conf", "[global]\ncert = /none.pem\n"),
        well: |rig| {
            named(rig, "PIP_CERT").file("system/etc/pip.conf", "[global]\ncert = /none.pem\n")
        },
    },
    Case {
        code: "NET001",
        sick: |rig| {
            rig.dir("certificates")
                .variable("SSL_CERT_FILE", "{root}/certificates")
        },
        well: |rig| rig,
    },
    Case {
        code: "NET002",
        sick: |rig| uv(named(rig, "REQUESTS_CA_BUNDLE")),
        well: |rig| named(rig, "REQUESTS_CA_BUNDLE"),
    },
    Case {
        code: "NET002",
        sick: |rig| uv(named(rig, "PIP_CERT")),
        well: |rig| {
            uv(named(rig, "PIP_CERT")).file("home/.config/uv/uv.toml", "native-tls = true\n")
        },
    },
    Case {
        code: "NET002",
        sick: |rig| named(rig, "SSL_CERT_FILE"),
        well: |rig| named(named(rig, "SSL_CERT_FILE"), "REQUESTS_CA_BUNDLE"),
    },
    Case {
        code: "NET002",
        sick: |rig| named(rig, "SSL_CERT_FILE").variable("PIP_CERT", "{root}/corporate.pem"),
        well: |rig| rig.variable("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
    },
    Case {
        code: "NET003",
        sick: |rig| {
            rig.variable("http_proxy", "http://proxy:3128")
                .variable("no_proxy", "localhost")
        },
        well: |rig| {
            rig.variable("http_proxy", "http://proxy:3128")
                .variable("https_proxy", "http://proxy:3128")
                .variable("no_proxy", "localhost,.example")
        },
    },
    Case {
        code: "NET003",
        sick: |rig| {
            rig.variable("HTTPS_PROXY", "http://proxy:3128")
                .variable("https_proxy", "http://ada:secret@proxy:3128")
                .variable("NO_PROXY", "*")
        },
        well: |rig| {
            rig.variable("HTTPS_PROXY", "http://proxy:3128")
                .variable("https_proxy", "http://proxy:3128")
                .variable("NO_PROXY", "*")
        },
    },
    Case {
        code: "NET003",
        sick: |rig| rig.variable("HTTPS_PROXY", "http://proxy:3128"),
        well: |rig| {
            rig.variable("ALL_PROXY", "http://proxy:3128")
                .variable("NO_PROXY", ".example, 127.0.0.1")
        },
    },
    Case {
        code: "NET003",
        sick: |rig| {
            rig.variable("HTTPS_PROXY", "http://proxy:3128")
                .with(Host::on_windows)
        },
        well: |rig| rig.variable("NO_PROXY", ".example"),
    },
    Case {
        code: "NET004",
        sick: |rig| answering(rig, "500 Broken"),
        well: |rig| answering(rig, "200 OK"),
    },
    Case {
        code: "NET005",
        sick: |rig| rig,
        well: now,
    },
    Case {
        code: "NET005",
        sick: |rig| {
            let rig = now(rig);
            let file = std::fs::File::open(rig.path("project/pyproject.toml")).unwrap();
            let later = rig.host.now() + Duration::from_hours(48);
            file.set_modified(later).unwrap();
            rig
        },
        well: |rig| {
            let rig = now(rig);
            let file = std::fs::File::open(rig.path("project/pyproject.toml")).unwrap();
            let later = rig.host.now() + Duration::from_hours(14);
            file.set_modified(later).unwrap();
            rig
        },
    },
];

#[test]
fn no_proxy_is_ever_said() {
    let rig = Rig::new()
        .variable("HTTP_PROXY", "http://ada:s3cret@proxy:3128")
        .variable("http_proxy", "http://ada:s3cret2@proxy:3128");
    let symptoms = rig.symptoms("NET003");
    assert_eq!(symptoms.len(), 3);
    assert!(!format!("{symptoms:?}").contains("s3cret"), "{symptoms:?}");
}
