//! A Prometheus server on existing blocks, on a free port, and its HTTP interface.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use incident_replay::units::UtcMs;
use libtest_mimic::Failed;
use serde_json::Value;

use super::tool::Folder;

/// Most attempts to reach the server, which takes a second or two to start.
const TRIES: u32 = 600;

/// A server. Dropping it stops it and removes its folder.
pub struct Server {
    child: Child,
    port: u16,
    folder: Folder,
}

/// An alert rule as the server understood it.
#[derive(Debug)]
pub struct AlertRule {
    pub name: String,
    pub query: String,
    pub hold_s: f64,
}

impl AlertRule {
    /// First firing, given the moments at which the condition holds: by Prometheus's rule, once it has held at every
    /// evaluation for the rule's `for`.
    pub fn first_firing(&self, holds: &[UtcMs], interval_s: f64) -> Option<UtcMs> {
        let mut since = None;
        let mut before: Option<UtcMs> = None;
        holds.iter().copied().find(|at| {
            if before.is_none_or(|before| at.seconds_since(before) > interval_s) {
                since = Some(*at);
            }
            before = Some(*at);
            since.is_some_and(|since| at.seconds_since(since) >= self.hold_s)
        })
    }
}

impl Server {
    /// Starts a server on the blocks in the folder's `data`, with its `rules.yml`.
    ///
    /// # Errors
    /// The server does not start; the error is its log.
    pub fn start(folder: Folder) -> Result<Self, Failed> {
        folder.write("prometheus.yml", "rule_files: [rules.yml]\n");
        // Another process may take the port before the server does.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = std::fs::File::create(folder.path().join("log"))?;
        let child = Command::new("prometheus")
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=100y"])
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let mut server = Self { child, port, folder };
        for _ in 0..TRIES {
            if server.get("/api/v1/status/buildinfo").is_ok() {
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        Err(format!("prometheus does not answer: {}", server.folder.read("log")).into())
    }

    /// The loaded alert rules.
    ///
    /// # Errors
    /// The server does not answer as expected.
    pub fn alert_rules(&self) -> Result<Vec<AlertRule>, Failed> {
        let data = self.get("/api/v1/rules?type=alert")?;
        let groups = data["groups"].as_array().ok_or("groups are expected")?;
        let rules = groups.iter().flat_map(|group| group["rules"].as_array().into_iter().flatten());
        let rule = |rule: &Value| {
            Some(AlertRule {
                name: rule["name"].as_str()?.to_owned(),
                query: rule["query"].as_str()?.to_owned(),
                hold_s: rule["duration"].as_f64()?,
            })
        };
        rules.map(|found| rule(found).ok_or_else(|| format!("a rule is expected: {found}").into())).collect()
    }

    /// The moments, `step_s` apart, at which a condition holds.
    ///
    /// # Errors
    /// The server rejects the query.
    pub fn query_range(&self, query: &str, from: UtcMs, until: UtcMs, step_s: f64) -> Result<Vec<UtcMs>, Failed> {
        let range = format!("start={}&end={}&step={step_s}", seconds(from), seconds(until));
        let data = self.get(&format!("/api/v1/query_range?query={}&{range}", encoded(query)))?;
        let series = data["result"].as_array().ok_or("a result is expected")?;
        assert!(series.len() <= 1, "an alert without labels of its own has one series: {series:?}");
        let samples = series.iter().flat_map(|series| series["values"].as_array().into_iter().flatten());
        Ok(samples.filter_map(|sample| sample[0].as_f64()).map(|at_s| UtcMs((at_s * 1000.0) as i64)).collect())
    }

    /// The one value of a query at a moment.
    ///
    /// # Errors
    /// The server rejects the query, or the result is not a single value.
    pub fn query(&self, query: &str, at: UtcMs) -> Result<f64, Failed> {
        let data = self.get(&format!("/api/v1/query?query={}&time={}", encoded(query), seconds(at)))?;
        let values: Vec<f64> = data["result"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|series| series["value"][1].as_str()?.parse().ok())
            .collect();
        if let [value] = values[..] { Ok(value) } else { Err(format!("{query}: {values:?}").into()) }
    }

    /// The data of a response. HTTP 1.0 has neither chunks nor persistent connections.
    fn get(&self, path: &str) -> Result<Value, Failed> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(Duration::from_secs(60)))?;
        write!(connection, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let json: Value = serde_json::from_str(body).map_err(|error| format!("{path}: {error}: {answer}"))?;
        if json["status"] == "success" { Ok(json["data"].clone()) } else { Err(format!("{path}: {json}").into()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn seconds(at: UtcMs) -> String {
    format!("{:.3}", at.0 as f64 / 1000.0)
}

fn encoded(query: &str) -> String {
    let letter = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    query.bytes().map(letter).collect()
}
