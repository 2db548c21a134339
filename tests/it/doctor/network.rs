//! NET: certificates, proxies.

use super::Patient;
use crate::support::run;

#[test]
fn certificates_that_are_not_there() {
    let mut patient = Patient::healthy();
    let nowhere = patient.sandbox.path("none.pem");
    let folder = patient.sandbox.path("none");
    let mut command = patient.sandbox.command(patient.path(".venv/bin/python"));
    let code = "import ssl; print(ssl.create_default_context().cert_store_stats()['x509_ca'])";
    let trusted = command
        .args(["-c", code])
        .env("SSL_CERT_FILE", &nowhere)
        .env("SSL_CERT_DIR", &folder);
    assert_eq!(run(trusted).code(0).stdout, "0\n");
    patient.set("SSL_CERT_FILE", &nowhere);
    assert_eq!(patient.found_of(&["NET001"]), ["NET001"]);
    let said = patient.doctor(&["NET001"]).code(1);
    assert!(said.stdout.contains("unset SSL_CERT_FILE"), "{said:?}");
    std::fs::write(nowhere, "-----BEGIN CERTIFICATE-----\n").unwrap();
    assert!(!patient.doctor(&["NET001"]).stdout.contains("SSL_CERT_FILE"));
}

#[test]
fn a_proxy_is_never_shown() {
    let mut patient = Patient::without_environment();
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        patient.set(name, "");
    }
    for name in ["HTTP_PROXY", "http_proxy"] {
        patient.set(name, "http://ada:s3cret@proxy.example:3128");
    }
    assert_eq!(patient.found_of(&["NET003"]), ["NET003"]);
    for format in ["text", "json"] {
        let said = patient.doctor(&["NET003", "--format", format]);
        assert!(!said.stdout.contains("s3cret"), "{said:?}");
    }
    patient.set("HTTPS_PROXY", "http://proxy.example:3128");
    patient.set("https_proxy", "http://proxy.example:3128");
    patient.set("NO_PROXY", "localhost");
    assert_eq!(patient.found_of(&["NET003"]), [""; 0]);
}

#[test]
fn nothing_is_asked_without_leave() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut patient = Patient::without_environment();
    let address = listener.local_addr().unwrap();
    patient.set("PIP_INDEX_URL", format!("http://{address}/simple"));
    patient.doctor(&[]);
    let asked = listener.accept();
    assert!(asked.is_err(), "{asked:?}");
}
