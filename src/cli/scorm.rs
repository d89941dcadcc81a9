//! `scorm`: the built page as a SCORM 1.2 package, which opens with the drill and reports to a learning management system.
//!
//! Invariant: equal pages give equal packages: files are sorted, and none has a time.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Failure;

/// What the package opens with.
const LAUNCH: &str = "index.html?mode=drill";

#[derive(Args)]
pub(super) struct Scorm {
    /// ZIP file to write
    out: PathBuf,
    /// Folder of the built page, which `cargo xtask build` makes
    #[arg(long, value_name = "DIR", default_value = "dist")]
    dist: PathBuf,
}

impl Scorm {
    pub fn run(&self) -> Result<(), Failure> {
        let mut files = Vec::new();
        collect(&self.dist, &self.dist, &mut files)?;
        files.sort();
        if !files.iter().any(|file| file == "index.html") {
            return Err(format!("{}: no built page; `cargo xtask build` makes one", self.dist.display()).into());
        }
        let package = package(&self.dist, &files)?;
        std::fs::write(&self.out, &package).map_err(|error| format!("{}: {error}", self.out.display()))?;
        super::print(&format!("{}: {} files, {} bytes\n", self.out.display(), files.len() + 1, package.len()))
    }
}

/// The files of a folder, with slashes, relative to `root`; those that servers compressed before are left out.
fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<(), Failure> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if !path.extension().is_some_and(|extension| extension == "br" || extension == "gz") {
            let inside = path.strip_prefix(root)?;
            let parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            files.push(parts.join("/"));
        }
    }
    Ok(())
}

fn package(root: &Path, files: &[String]) -> Result<Vec<u8>, Failure> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    zip.start_file("imsmanifest.xml", options)?;
    zip.write_all(manifest(files).as_bytes())?;
    for file in files {
        zip.start_file(file, options)?;
        zip.write_all(&std::fs::read(root.join(file)).map_err(|error| format!("{file}: {error}"))?)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The manifest of SCORM 1.2: one activity, whose resource are all files.
fn manifest(files: &[String]) -> String {
    let listed: String = files.iter().map(|file| format!("      <file href=\"{}\"/>\n", escaped(file))).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="incident-replay-drill" version="1.2"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="drill">
    <organization identifier="drill">
      <title>Incident drill</title>
      <item identifier="item" identifierref="resource">
        <title>Incident drill</title>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="resource" type="webcontent" adlcp:scormtype="sco" href="{launch}">
{listed}    </resource>
  </resources>
</manifest>
"#,
        launch = escaped(LAUNCH)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
