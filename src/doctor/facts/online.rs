//! Asking the network, for the few checks that may (`--online`): by the machine's own `curl`.
//!
//! A client of our own would add two megabytes, thirty crates and a third of a millisecond to every start of this program, and would know
//! less of the machine's proxies and certificates. Addresses, which can hold credentials, go to curl on its standard input, where no list of
//! processes shows them; its own configuration file is not read. Nothing is ever sent but what a check says in so many words.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::Facts;
use crate::host::Host;
use crate::process::Command;

/// No answer is larger; in bytes.
const LARGEST: u64 = 32 << 20;

/// How many questions are asked at once.
const AT_ONCE: usize = 8;

/// A way to the network.
#[derive(Debug)]
pub(crate) struct Online<'a> {
    host: &'a Host,
    program: PathBuf,
    certificates: Option<String>,
    proxy: Option<String>,
    patience: Duration,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// The address, credentials included.
    pub(crate) address: String,
    /// Headers: `Accept: text/html`.
    pub(crate) headers: Vec<String>,
    /// What is sent; nothing is asked for by `GET`, anything by `POST`.
    pub(crate) body: Option<String>,
    /// Whether only the beginning of an answer is wanted, its status and headers: `HEAD`.
    pub(crate) is_brief: bool,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its status: 200.
    pub(crate) status: u16,
    /// What it says.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer. What it says never has an address in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is no `curl` on `PATH`.
    NoProgram,
    /// The name of the host is not known.
    UnknownHost,
    /// Nobody answers at that address.
    Unreachable,
    /// The answer took too long.
    Slow,
    /// The certificate was refused: somebody else answers in the host's place, or the certificate authority is not known here.
    Certificate,
    /// The proxy is not there, or wants to know who asks (407).
    Proxy,
    /// Something else: curl's exit code.
    Other(i32),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProgram => f.write_str("there is no `curl` on PATH to ask with"),
            Self::UnknownHost => f.write_str("the name of the host is not known here"),
            Self::Unreachable => f.write_str("nobody answers there"),
            Self::Slow => f.write_str("the answer took too long"),
            Self::Certificate => f.write_str("its certificate is not one that this machine trusts"),
            Self::Proxy => f.write_str("the proxy is not there or refuses"),
            Self::Other(code) => write!(f, "curl ended with exit code {code}"),
        }
    }
}

impl Question {
    /// Asks for what is at this address.
    pub(crate) fn get(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            ..Self::default()
        }
    }

    /// Asks only whether something is there.
    pub(crate) fn head(address: impl Into<String>) -> Self {
        Self {
            is_brief: true,
            ..Self::get(address)
        }
    }

    /// With a header.
    pub(crate) fn header(mut self, header: &str) -> Self {
        self.headers.push(header.to_owned());
        self
    }

    /// With JSON to be sent.
    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Some(body.to_string());
        self.header("Content-Type: application/json")
    }

    /// As curl's configuration.
    fn configuration(&self, online: &Online<'_>) -> String {
        let seconds = online.patience.as_secs().max(1).to_string();
        let largest = LARGEST.to_string();
        let mut text = String::from("silent\nlocation\ncompressed\nnetrc-optional\n");
        let mut set = |key: &str, value: &str| {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let value = value.replace(['\n', '\r'], " ");
            text.push_str(&format!("{key} = \"{value}\"\n"));
        };
        set("url", &self.address);
        // Nothing but the web, wherever an answer may send us.
        set("proto", "=http,https");
        set("proto-redir", "=http,https");
        set("max-redirs", "5");
        set("max-time", &seconds);
        set("connect-timeout", &seconds);
        set("max-filesize", &largest);
        set(
            "user-agent",
            concat!("scaffold/", env!("CARGO_PKG_VERSION")),
        );
        for header in &self.headers {
            set("header", header);
        }
        if let Some(body) = &self.body {
            set("data-raw", body);
        }
        if let Some(certificates) = &online.certificates {
            set("cacert", certificates);
        }
        if let Some(proxy) = &online.proxy {
            set("proxy", proxy);
        }
        if self.is_brief {
            text.push_str("head\n");
        }
        // The last line of what curl prints; in a quoted word, it reads `\n` as a line break.
        text.push_str("write-out = \"\\n%{http_code} %{http_connect}\"\n");
        text
    }
}

impl<'a> Online<'a> {
    /// A way that gives each answer this long.
    ///
    /// # Errors
    /// When the machine has no curl.
    pub(crate) fn new(facts: &'a Facts, patience: Duration) -> Result<Self, Trouble> {
        let host = &facts.host;
        let program = host.find_program("curl").ok_or(Trouble::NoProgram)?;
        let of_variable = |name| host.text(name).filter(|it| !it.is_empty());
        let of_pip = |key| {
            facts
                .pip_config()
                .of_install(key)
                .map(|it| it.value.clone())
        };
        let certificates = of_pip("cert").or_else(|| {
            ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
                .iter()
                .find_map(|name| of_variable(name).map(str::to_owned))
        });
        Ok(Self {
            host,
            program,
            certificates: certificates.filter(|it| std::path::Path::new(it).is_file()),
            proxy: of_pip("proxy"),
            patience,
        })
    }

    /// Asks one question.
    pub(crate) fn ask(&self, question: &Question) -> Result<Answer, Trouble> {
        let output = Command::new(self.host, &self.program)
            .args(["--disable", "--config", "-"])
            .input(question.configuration(self))
            .timeout(self.patience + Duration::from_secs(2))
            .brief()
            .run()
            .map_err(|_| Trouble::Slow)?;
        let end = output.stdout.iter().rposition(|it| *it == b'\n');
        let (body, codes) = output.stdout.split_at(end.unwrap_or(0));
        let codes = String::from_utf8_lossy(codes);
        let mut codes = codes.split_whitespace().map(|it| it.parse().unwrap_or(0));
        let [status, proxy] = [(); 2].map(|()| codes.next().unwrap_or(0));
        if proxy == 407 || status == 407 {
            return Err(Trouble::Proxy);
        }
        match output.code {
            Some(0) => Ok(Answer {
                status,
                body: body.to_owned(),
            }),
            Some(6) => Err(Trouble::UnknownHost),
            Some(7) => Err(Trouble::Unreachable),
            Some(28) => Err(Trouble::Slow),
            Some(35 | 51 | 58 | 60 | 77 | 83 | 91) => Err(Trouble::Certificate),
            Some(5 | 97) => Err(Trouble::Proxy),
            code => Err(Trouble::Other(code.unwrap_or(-1))),
        }
    }

    /// Asks all of these questions, several at once; the answers are in their order.
    pub(crate) fn ask_all(&self, questions: &[Question]) -> Vec<Result<Answer, Trouble>> {
        let size = questions.len().div_ceil(AT_ONCE).max(1);
        std::thread::scope(|scope| {
            let threads: Vec<_> = questions
                .chunks(size)
                .map(|chunk| {
                    let ask = || chunk.iter().map(|it| self.ask(it)).collect::<Vec<_>>();
                    (chunk.len(), scope.spawn(ask))
                })
                .collect();
            let answers = threads.into_iter().flat_map(|(length, thread)| {
                let broken = || vec![Err(Trouble::Other(-1)); length];
                thread.join().unwrap_or_else(|_| broken())
            });
            answers.collect()
        })
    }
}

impl Answer {
    /// What it says, as JSON.
    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::time::Duration;

    use super::{Answer, Online, Question, Trouble};
    use crate::doctor::testing::Rig;

    fn with_curl() -> Rig {
        Rig::new().with(|host| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            host.with_variable("PATH", path)
        })
    }

    /// Answers one request with this, and gives what was asked.
    fn serve(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://me:word@{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut asked, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
                    length = number.trim().parse().unwrap();
                }
                asked.push_str(&line);
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            asked.push_str(&String::from_utf8(body).unwrap());
            stream.write_all(answer.as_bytes()).unwrap();
            asked
        });
        (address, server)
    }

    #[test]
    fn an_answer_has_its_status_and_its_body() {
        let rig = with_curl();
        let facts = rig.facts();
        let online = Online::new(&facts, Duration::from_secs(20)).unwrap();
        let (address, server) = serve(
            "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\nConnection: close\r\n\r\n{\"a\":\n1",
        );
        let question = Question::get(format!("{address}/x"))
            .header("Accept: a/b")
            .json(&serde_json::json!({ "words": "a \"b\" \\ c\n" }));
        let answer = online.ask(&question).unwrap();
        assert_eq!(
            answer,
            Answer {
                status: 404,
                body: b"{\"a\":\n1".to_vec()
            }
        );
        let asked = server.join().unwrap();
        assert!(asked.starts_with("POST /x HTTP/1.1"), "{asked}");
        assert!(asked.contains("Accept: a/b\r\n"), "{asked}");
        assert!(asked.contains("Authorization: Basic "), "{asked}");
        assert!(asked.ends_with(r#"{"words":"a \"b\" \\ c\n"}"#), "{asked}");
    }

    #[test]
    fn trouble_is_told_apart() {
        let rig = with_curl();
        let facts = rig.facts();
        let online = Online::new(&facts, Duration::from_secs(20)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let free = listener.local_addr().unwrap();
        drop(listener);
        let nobody = Question::head(format!("http://{free}/"));
        let unknown = Question::get("http://nobody.invalid/");
        let file = Question::get("file:///etc/passwd");
        let answers = online.ask_all(&[nobody, unknown, file]);
        assert_eq!(answers[0], Err(Trouble::Unreachable));
        assert_eq!(answers[1], Err(Trouble::UnknownHost));
        assert_eq!(answers[2], Err(Trouble::Other(1)));
        let (address, server) = serve("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(online.ask(&Question::get(address)), Err(Trouble::Proxy));
        server.join().unwrap();
        let nothing = Rig::new();
        let none = Online::new(&nothing.facts(), Duration::from_secs(1)).err();
        assert_eq!(none, Some(Trouble::NoProgram));
    }
}
