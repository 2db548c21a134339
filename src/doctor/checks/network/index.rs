//! Whether the package index answers, and who answers in its place.
//!
//! The look function of NET004, which asks the network: only with `--online`.

use std::time::Duration;

use super::found;
use crate::doctor::facts::Facts;
use crate::doctor::facts::index::Index;
use crate::doctor::facts::online::{Online, Question, Trouble};
use crate::doctor::symptom::{Outcome, Symptom};

/// How long the index may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn out_of_reach(facts: &Facts) -> Outcome {
    let offline = ["PIP_NO_INDEX", "UV_OFFLINE", "UV_NO_INDEX"];
    if offline.iter().any(|it| facts.host.variable(it).is_some()) {
        return Outcome::Skipped("pip or uv is told to use no index");
    }
    let index = Index::configured(facts);
    if !index.address().contains("://") {
        return Outcome::Skipped("the index is a folder");
    }
    let answer = Online::new(facts, PATIENCE)
        .and_then(|online| online.ask(&Question::head(index.page("pip"))));
    let shown = index.shown();
    let (message, next) = match answer {
        Ok(answer) if (200..400).contains(&answer.status) => return Outcome::Healthy,
        Ok(answer) => refused(&shown, answer.status),
        Err(Trouble::NoProgram) => {
            return Outcome::Skipped("there is no `curl` on PATH to ask with");
        }
        Err(trouble) => troubled(&shown, &trouble),
    };
    let symptom = Symptom::new(message).next(next);
    let symptom = match &index.said_by {
        Some(who) => Symptom {
            message: format!("{} (named by {who})", symptom.message),
            ..symptom
        },
        None => symptom,
    };
    found(symptom)
}

/// What a status means that is no success, and what to type next.
fn refused(shown: &str, status: u16) -> (String, &'static str) {
    match status {
        401 | 403 => (
            format!("the index at {shown} wants other credentials ({status})"),
            "python3 -m pip config debug",
        ),
        404 => (
            format!("at {shown} there is no index: it does not know pip itself (404)"),
            "python3 -m pip config debug",
        ),
        429 | 500.. => (
            format!("the index at {shown} is in trouble ({status})"),
            "scaffold doctor NET004 --online",
        ),
        _ => (
            format!("the index at {shown} answers {status}"),
            "scaffold doctor NET004 --online",
        ),
    }
}

/// What it means that there is no answer, and what to type next.
fn troubled(shown: &str, trouble: &Trouble) -> (String, &'static str) {
    match trouble {
        Trouble::Certificate => (
            format!(
                "who answers for {shown} shows a certificate that is not trusted here: often a proxy that looks into TLS, whose own certificate must be named"
            ),
            "scaffold doctor NET001 NET002",
        ),
        Trouble::Proxy => (
            format!(
                "the proxy on the way to {shown} is not there, or wants to know who asks (407)"
            ),
            "scaffold doctor NET003",
        ),
        other => (
            format!("the index at {shown}: {other}"),
            "scaffold doctor NET003 NET005",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::super::cases::online;
    use crate::doctor::testing::Rig;

    /// Answers one request in this way, and gives the address.
    fn serve(answer: &'static str) -> (String, std::thread::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!(
            "http://ada:s3cret@{}/simple",
            listener.local_addr().unwrap()
        );
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            assert!(stream.read(&mut asked).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        (address, server)
    }

    fn said(answer: &'static str) -> Option<String> {
        let (address, server) = serve(answer);
        let rig = online(Rig::new()).variable("PIP_INDEX_URL", &address);
        let symptoms = rig.symptoms("NET004");
        server.join().unwrap();
        assert!(!format!("{symptoms:?}").contains("s3cret"));
        symptoms.into_iter().next().map(|it| it.message)
    }

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(said("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), None);
        for (answer, words) in [
            ("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", "the proxy"),
            (
                "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
                "credentials",
            ),
            ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "no index"),
            ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "in trouble"),
        ] {
            let said = said(answer).unwrap();
            assert!(
                said.contains(words) && said.contains("PIP_INDEX_URL"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_closed_port_is_said_and_without_leave_nothing_is_asked() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let rig = Rig::new().variable("PIP_INDEX_URL", &address);
        assert_eq!(rig.symptoms("NET004"), []);
        drop(listener);
        let rig = online(rig);
        let symptom = rig.symptoms("NET004").remove(0);
        assert!(symptom.message.contains("nobody answers"), "{symptom:?}");
    }
}
