//! A program that is killed cannot end what it started; the system does it.

use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::support::Place;

#[test]
fn what_resolves_ends_with_the_program_that_was_killed() {
    for place in [Place::with_uv(), Place::with_pip()] {
        // An index that takes a question and never answers: whoever asked waits, as long as it lives.
        let index = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/simple/", index.local_addr().unwrap());
        place.project("'no-such-package'", "");
        let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().to_lowercase();
            if name.ends_with("_proxy") || name.contains("index") {
                command.env_remove(&name).env_remove(name.to_uppercase());
            }
        }
        let mut program = command
            .args(["lock", "--installer"])
            .arg(if place.sandbox.home().join("programs/uv").exists() {
                "uv"
            } else {
                "pip"
            })
            .env("UV_DEFAULT_INDEX", &address)
            .env("UV_HTTP_TIMEOUT", "60")
            .env("UV_NO_CACHE", "1")
            .env("PIP_INDEX_URL", &address)
            .env("PIP_TIMEOUT", "60")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        index.set_nonblocking(true).unwrap();
        let started = Instant::now();
        let mut question = loop {
            match index.accept() {
                Ok((question, _)) => break question,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
                    assert!(program.try_wait().unwrap().is_none(), "it ended by itself");
                    assert!(started.elapsed() < Duration::from_mins(1), "nobody asked");
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        };
        program.kill().unwrap();
        program.wait().unwrap();
        question.set_nonblocking(false).unwrap();
        question
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut bytes = [0; 4096];
        loop {
            match question.read(&mut bytes) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("it still waits for the answer: {error}"),
            }
        }
    }
}
