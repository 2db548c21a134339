//! `vercel dev` at work.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::vercel;
use crate::runtime::project::Project;
use crate::runtime::tools::Python;

/// `vercel dev`, ended with all that it started.
pub(super) struct Development {
    child: Child,
    pub(super) port: u16,
}

impl Development {
    /// Starts it, and waits until it is ready.
    pub(super) fn start(project: &Project, python: &Python) -> Self {
        // Free a moment ago; the CLI takes no 0.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|it| it.local_addr())
            .unwrap()
            .port();
        let mut child = vercel(project, &project.root, python)
            .args(["dev", "--local", "--yes", "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (lines, said) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for stream in streams {
            let lines = lines.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    // Read to the end even when nobody listens: a full pipe would stop the server.
                    let _ = lines.send(line);
                }
            });
        }
        let this = Self { child, port };
        let mut log = String::new();
        while !log.contains("Ready!") {
            let line = said.recv_timeout(Duration::from_mins(1));
            log += &line.unwrap_or_else(|_| panic!("`vercel dev` is not ready:\n{log}"));
            log.push('\n');
        }
        this
    }
}

impl Drop for Development {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // The functions run in processes of their own. All may have ended by themselves.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}
