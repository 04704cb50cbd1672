//! What a file is to a reader.

/// What a file is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Rust of the server or the client: the lesson.
    Code,
    /// What a page is made of: HTML and CSS.
    Templates,
    /// The version's tests.
    Tests,
    /// `Cargo.toml`: names and dependencies.
    Manifest,
    /// Prose, as `README.md`.
    Text,
    /// What the version declares about itself for the tools: `rung.toml`, `hints.md`. No part of any diff.
    Declaration,
}

impl Kind {
    /// The kind of the file at `path`, which is relative to its version and has `/` between its parts.
    pub fn of(path: &str) -> Kind {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match (path, extension) {
            ("rung.toml" | "hints.md" | "TASK.md", _) => Kind::Declaration,
            ("Cargo.toml", _) => Kind::Manifest,
            (path, _) if path.starts_with("tests/") => Kind::Tests,
            (_, "rs") => Kind::Code,
            (_, "html" | "css" | "js" | "svg") => Kind::Templates,
            _ => Kind::Text,
        }
    }

    /// The kind's name in a table.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Code => "code",
            Kind::Templates => "templates",
            Kind::Tests => "tests",
            Kind::Manifest => "Cargo.toml",
            Kind::Text => "text",
            Kind::Declaration => "declaration",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_a_reader_takes_them_for() {
        assert_eq!(Kind::of("server/authorize.rs"), Kind::Code);
        assert_eq!(Kind::of("params.rs"), Kind::Code);
        assert_eq!(Kind::of("server/templates/login.html"), Kind::Templates);
        assert_eq!(Kind::of("tests/checks.rs"), Kind::Tests);
        assert_eq!(Kind::of("README.md"), Kind::Text);
        assert_eq!(Kind::of("rung.toml"), Kind::Declaration);
        assert_eq!(Kind::of("Cargo.toml"), Kind::Manifest);
        assert_eq!(Kind::of("LICENSE"), Kind::Text);
    }
}
