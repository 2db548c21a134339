//! What the example `api` calls: as much of GitHub's REST API as it reads, on loopback.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;

use super::http::{Reply, Request, Server};

/// A stand-in that lists two pages of repositories for `octocat`, is out of order for `broken`, sends `garbage` no
/// JSON, leaves `slow` waiting, and knows nobody else.
pub(crate) struct Upstream {
    server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Upstream {
    /// Starts it.
    pub(crate) fn start() -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let server = Server::start(move |request| {
            seen.lock().unwrap().push(request.target.clone());
            if request.target.starts_with("/users/slow/") {
                // Longer than any client here has patience.
                std::thread::sleep(Duration::from_mins(1));
                return None;
            }
            Some(answer(request))
        });
        Self { server, asked }
    }

    /// The value for `GITHUB_API_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Path and query of every request until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(request: &Request) -> Reply {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let second = query.split('&').any(|it| it == "page=2");
    match (request.method.as_str(), path) {
        ("GET", "/users/octocat/repos") if second => Reply::json(200, repository("loved", 9)),
        ("GET", "/users/octocat/repos") => Reply::json(200, repository("quiet", 1))
            .with("Link", r#"<https://example.org/next>; rel="next""#),
        ("GET", "/users/broken/repos") => Reply::json(500, "{}"),
        ("GET", "/users/garbage/repos") => Reply::json(200, "<html>"),
        _ => Reply::json(404, r#"{"message": "Not Found"}"#),
    }
}

fn repository(name: &str, stars: u32) -> String {
    json!([{
        "name": name,
        "stargazers_count": stars,
        "html_url": format!("https://example.org/{name}"),
    }])
    .to_string()
}
