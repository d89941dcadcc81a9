//! A static server for `dist/` with the headers of a careful host, on loopback only.
//!
//! Invariant: every response carries the page's own Content-Security-Policy, so that people, tests and hosts use the same
//! policy.

use crate::{page, process, workspace};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const REQUEST_BYTES_MAX: u64 = 16 * 1024;

pub struct Options {
    /// The served folder; `dist/` when absent.
    pub folder: Option<PathBuf>,
    /// 0 for any free port.
    pub port: u16,
    /// The path of the page, with a slash at both ends.
    pub base: String,
    /// Print a line for each response.
    pub log: bool,
    /// Exit when standard input is closed, so that no server outlives its test.
    pub exit_on_eof: bool,
    /// Open a browser.
    pub open: bool,
}

impl Default for Options {
    fn default() -> Options {
        let base = "/".to_owned();
        Options { folder: None, port: 0, base, log: false, exit_on_eof: false, open: false }
    }
}

/// Serves until the process ends.
pub fn serve(options: Options) -> Result<(), String> {
    let dist = options.folder.unwrap_or_else(workspace::dist);
    let page = fs::read_to_string(dist.join("index.html"))
        .map_err(|error| format!("dist/index.html: {error}; `cargo xtask build` makes it"))?;
    let policy = policy(&page).ok_or("dist/index.html has no Content-Security-Policy")?.to_owned();
    let site = Site { dist, base: options.base, policy, log: options.log };

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
        .map_err(|error| format!("port {}: {error}; choose another with --port", options.port))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let address = format!("http://localhost:{port}{}", site.base);
    println!("serving dist/ at {address} (Ctrl-C stops)");

    if options.exit_on_eof {
        std::thread::spawn(|| {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            std::process::exit(0);
        });
    }
    if options.open {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        if process::output(Command::new(opener).arg(&address)).is_none() {
            println!("no browser could be opened here: open the address by hand");
        }
    }
    let site = Arc::new(site);
    for stream in listener.incoming().flatten() {
        let site = Arc::clone(&site);
        // A broken connection affects only its browser.
        std::thread::spawn(move || site.converse(stream));
    }
    Ok(())
}

struct Site {
    dist: PathBuf,
    base: String,
    policy: String,
    log: bool,
}

struct Request {
    method: String,
    /// Without the query.
    path: String,
    accept_encoding: String,
    close: bool,
}

struct Answer {
    status: &'static str,
    content_type: &'static str,
    encoding: Option<&'static str>,
    cache: &'static str,
    location: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn plain(status: &'static str) -> Answer {
        Answer {
            status,
            content_type: "text/plain; charset=utf-8",
            encoding: None,
            cache: "no-cache",
            location: None,
            body: format!("{status}\n").into_bytes(),
        }
    }
}

impl Site {
    fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        while let Some(request) = read_request(&mut reader)? {
            let answer = self.answer(&request);
            if self.log {
                println!("{} {} {}", &answer.status[..3], request.method, request.path);
            }
            self.write(&mut writer, &answer, &request)?;
            if request.close {
                break;
            }
        }
        Ok(())
    }

    fn answer(&self, request: &Request) -> Answer {
        if request.method != "GET" && request.method != "HEAD" {
            return Answer::plain("405 Method Not Allowed");
        }
        let Some(decoded) = percent_decoded(&request.path) else { return Answer::plain("400 Bad Request") };
        let Some(relative) = decoded.strip_prefix(&self.base) else { return Answer::plain("404 Not Found") };
        let relative = Path::new(relative);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Answer::plain("404 Not Found");
        }
        let mut path = self.dist.join(relative);
        if path.is_dir() {
            if !decoded.ends_with('/') {
                let location = Some(format!("{}/", request.path));
                return Answer { location, ..Answer::plain("301 Moved Permanently") };
            }
            path.push("index.html");
        }
        self.file(&path, &request.accept_encoding)
    }

    fn file(&self, path: &Path, accept_encoding: &str) -> Answer {
        let found = Answer {
            content_type: content_type(path),
            cache: if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" },
            ..Answer::plain("200 OK")
        };
        for (encoding, suffix) in [("br", "br"), ("gzip", "gz")] {
            let accepted = accept_encoding.split(',').any(|word| word.trim().split(';').next() == Some(encoding));
            if let (true, Ok(body)) = (accepted, fs::read(page::with_suffix(path, suffix))) {
                return Answer { encoding: Some(encoding), body, ..found };
            }
        }
        fs::read(path).map_or_else(|_| Answer::plain("404 Not Found"), |body| Answer { body, ..found })
    }

    fn write(&self, writer: &mut TcpStream, answer: &Answer, request: &Request) -> std::io::Result<()> {
        let mut head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: {}\r\nVary: Accept-Encoding\r\n\
             Content-Security-Policy: {}\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n",
            answer.status,
            answer.content_type,
            answer.body.len(),
            answer.cache,
            self.policy
        );
        if let Some(encoding) = answer.encoding {
            head.push_str(&format!("Content-Encoding: {encoding}\r\n"));
        }
        if let Some(location) = &answer.location {
            head.push_str(&format!("Location: {location}\r\n"));
        }
        // Browsers run a module of another origin only with this header; and a sandboxed frame, which has no origin, reads a
        // style sheet with a digest only with it.
        if request.path.ends_with("/embed.js") || request.path.ends_with(".css") {
            head.push_str("Access-Control-Allow-Origin: *\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if request.method != "HEAD" {
            bytes.extend_from_slice(&answer.body);
        }
        writer.write_all(&bytes)
    }
}

/// The next request on a connection; `None` when the browser has closed it.
fn read_request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut limited = reader.take(REQUEST_BYTES_MAX);
    let mut line = String::new();
    if limited.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request {
        method: method.to_owned(),
        path: target.split(['?', '#']).next().unwrap_or_default().to_owned(),
        accept_encoding: String::new(),
        close: !line.contains("HTTP/1.1"),
    };
    loop {
        let mut header = String::new();
        if limited.read_line(&mut header)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = header.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "accept-encoding" => request.accept_encoding = value.trim().to_ascii_lowercase(),
            "connection" => request.close |= value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    Ok(Some(request))
}

/// The policy in the page's `<meta>`.
fn policy(page: &str) -> Option<&str> {
    let after = page.split_once("http-equiv=\"Content-Security-Policy\"")?.1;
    Some(after.split_once("content=\"")?.1.split_once('"')?.0)
}

/// Whether the name contains a digest of the content (`app-0123456789abcdef_bg.wasm`), so that it may be cached forever.
fn is_hashed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.rsplit_once('-').is_some_and(|(_, rest)| {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits >= 12 && matches!(rest.as_bytes().get(digits), Some(b'.' | b'_'))
    })
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "md" | "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_digest_are_kept_for_ever() {
        for (name, hashed) in [
            ("app-0123456789abcdef.js", true),
            ("app-0123456789abcdef_bg.wasm", true),
            ("checkout-outage.json", false),
            ("index.html", false),
        ] {
            assert_eq!(is_hashed(Path::new(name)), hashed, "{name}");
        }
    }

    #[test]
    fn escapes_are_decoded_and_bad_ones_refused() {
        assert_eq!(percent_decoded("/a%20b%c3%a9").as_deref(), Some("/a bé"));
        assert_eq!(percent_decoded("/a%2"), None);
        assert_eq!(percent_decoded("/a%zz"), None);
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let site = Site {
            dist: workspace::root().join("xtask"),
            base: "/under/".to_owned(),
            policy: String::new(),
            log: false,
        };
        let status = |path: &str| {
            let request = Request {
                method: "GET".to_owned(),
                path: path.to_owned(),
                accept_encoding: String::new(),
                close: true,
            };
            site.answer(&request).status
        };
        assert_eq!(status("/under/Cargo.toml"), "200 OK");
        for path in ["/under/../Cargo.lock", "/under/%2e%2e/Cargo.lock", "/Cargo.toml", "/under//etc/passwd", "/%"] {
            assert_ne!(status(path), "200 OK", "{path}");
        }
    }

    #[test]
    fn the_policy_is_the_one_in_the_page() {
        let page = fs::read_to_string(workspace::root().join("index.html")).expect("index.html");
        let policy = policy(&page).expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
    }
}
