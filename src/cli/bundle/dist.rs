//! The build's output in `dist/`: the files that the page needs to start.
//!
//! Invariant: files are read by the names in `index.html`, and only from its folder.

use std::path::Path;

use super::Failure;

/// What marks a part of the program in the page.
const PART: &str = "name=\"app-part\"";

/// The parts of the built page.
pub(super) struct Dist {
    /// wasm-bindgen's JavaScript module.
    pub app: String,
    /// static/foreign.js and static/boot.js, in this order.
    pub boot: String,
    /// The style sheets, in order.
    pub styles: Vec<String>,
    /// The icon, SVG.
    pub icon: String,
    /// The program.
    pub wasm: Vec<u8>,
    /// What the program asks for when it is first shown: names and bytes.
    pub parts: Vec<(String, Vec<u8>)>,
}

impl Dist {
    /// # Errors
    /// The folder has no built page, or a part of it is missing.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let page = folder.join("index.html");
        let html = std::fs::read_to_string(&page).map_err(|error| {
            format!(
                "{}: {error}. There must be a built page: run `cargo xtask build` in a clone of the repository, or name \
                 its folder with --dist",
                page.display()
            )
        })?;
        let one = |tag: &str, mark: &str, attribute: &str| -> Result<String, Failure> {
            let found = named(&html, tag, mark, attribute);
            found.into_iter().next().ok_or_else(|| format!("{}: no <{tag} {mark}>", page.display()).into())
        };
        let read = |name: String| -> Result<Vec<u8>, Failure> {
            // Only the file name, so that nothing outside the folder is read.
            let name = name.rsplit('/').next().unwrap_or_default();
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()).into())
        };
        let text = |name: String| -> Result<String, Failure> { Ok(String::from_utf8(read(name)?)?) };
        Ok(Self {
            app: text(one("meta", "name=\"app-js\"", "content")?)?,
            boot: text(one("script", "id=\"foreign\"", "src")?)? + &text(one("script", "id=\"loader\"", "src")?)?,
            styles: named(&html, "link", "rel=\"stylesheet\"", "href")
                .into_iter()
                .map(text)
                .collect::<Result<_, _>>()?,
            icon: text(one("link", "rel=\"icon\"", "href")?)?,
            wasm: read(one("meta", "name=\"app-wasm\"", "content")?)?,
            parts: std::iter::zip(named(&html, "meta", PART, "data-part"), named(&html, "meta", PART, "content"))
                .map(|(name, file)| Ok((name, read(file)?)))
                .collect::<Result<_, Failure>>()?,
        })
    }
}

/// The values of an attribute in every start tag that contains `mark`. The build quotes all values.
fn named(html: &str, tag: &str, mark: &str, attribute: &str) -> Vec<String> {
    let start = format!("<{tag} ");
    let tags = html.split(&start).skip(1).filter_map(|rest| rest.split('>').next());
    let value = |tag: &str| Some(tag.split_once(&format!("{attribute}=\""))?.1.split('"').next()?.to_owned());
    tags.filter(|tag| tag.contains(mark)).filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_their_tags() {
        let html = r#"<link rel="stylesheet" href="./a-1.css" integrity="x"/><link rel="icon" href="./i.svg">
            <link href="./b-2.css" rel="stylesheet"><script id="loader" type="module" src="./boot-3.js"></script>"#;
        assert_eq!(named(html, "link", "rel=\"stylesheet\"", "href"), ["./a-1.css", "./b-2.css"]);
        assert_eq!(named(html, "script", "id=\"loader\"", "src"), ["./boot-3.js"]);
    }

    #[test]
    fn without_a_built_page_it_says_how_to_make_one() {
        let error = Dist::read(Path::new("no/such/folder")).err().expect("an error").to_string();
        assert!(error.contains("no/such/folder/index.html") && error.contains("cargo xtask build"), "{error}");
    }
}
