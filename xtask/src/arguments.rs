//! Parses the command line: a command, flags, and flags with a value (`--port 8080` or `--port=8080`).

/// Arguments that have not been consumed.
pub struct Arguments {
    words: Vec<String>,
}

impl Arguments {
    pub fn new(words: Vec<String>) -> Arguments {
        Arguments { words }
    }

    /// The first word.
    pub fn command(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    pub fn flag(&mut self, name: &str) -> bool {
        let found = self.words.iter().position(|word| word == name);
        found.map(|index| self.words.remove(index)).is_some()
    }

    pub fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let prefix = format!("{name}=");
        if let Some(index) = self.words.iter().position(|word| word.starts_with(&prefix)) {
            return Ok(Some(self.words.remove(index)[prefix.len()..].to_owned()));
        }
        let Some(index) = self.words.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if index + 1 == self.words.len() {
            return Err(format!("{name} needs a value"));
        }
        self.words.remove(index);
        Ok(Some(self.words.remove(index)))
    }

    pub fn number(&mut self, name: &str) -> Result<Option<u16>, String> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("{name} {text}: expected a number from 0 to 65535"))
    }

    /// Fails when an argument was not understood.
    pub fn finish(self) -> Result<(), String> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(format!("`{word}` is not understood here; see `cargo xtask help`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn values_may_follow_a_space_or_an_equals_sign() {
        for line in ["serve --port 90 --open", "serve --open --port=90"] {
            let mut arguments = arguments(line);
            assert_eq!(arguments.command().as_deref(), Some("serve"));
            assert_eq!(arguments.number("--port"), Ok(Some(90)));
            assert!(arguments.flag("--open"));
            assert_eq!(arguments.finish(), Ok(()));
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let mut arguments = arguments("--port");
        assert!(arguments.value("--port").unwrap_err().contains("--port"));
        assert!(arguments.finish().unwrap_err().contains("--port"));
    }
}
