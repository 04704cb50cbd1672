//! The grammar of `.env`. dotenvy parses it; before that, whatever it would change silently is refused.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::refusal::Refusal;
use crate::refusal::Wrong;

mod line;

/// One line of `.env` that sets something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line's number, from 1.
    pub line: usize,
    /// The setting's name.
    pub name: String,
    /// Its value, without quotes.
    pub value: String,
}

/// A `.env`: its lines in order, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvFile {
    /// The lines that set something.
    pub entries: Vec<Entry>,
    /// Lines that cannot be taken as they stand.
    pub refusals: Vec<Refusal>,
}

impl EnvFile {
    /// Reads the file, if it is there.
    pub fn read(path: &Path) -> EnvFile {
        match fs::read(path) {
            Ok(bytes) => EnvFile::parse(&bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => EnvFile::default(),
            Err(error) => EnvFile::refused(
                format!(".env cannot be read: {error}."),
                "Make it a text file that you may read, or take it away: none is needed.",
            ),
        }
    }

    /// Reads the bytes of a `.env`.
    pub fn parse(bytes: &[u8]) -> EnvFile {
        // Windows' Notepad writes a byte order mark.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return EnvFile::refused(".env is written in UTF-16.".into(), "Save it as UTF-8.");
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                return EnvFile::refused(
                    format!("Line {line} of .env is not UTF-8."),
                    "Save the file as UTF-8.",
                );
            }
        };
        let mut file = EnvFile::default();
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            file.take(index + 1, raw);
        }
        file
    }

    /// Takes one line, with its end.
    fn take(&mut self, number: usize, raw: &str) {
        let text =
            raw.strip_suffix('\n').map_or(raw, |line| line.strip_suffix('\r').unwrap_or(line));
        let name = line::name(text);
        match line::read(text) {
            Ok(None) => {}
            Ok(Some((name, value))) => match self.entries.iter().find(|entry| entry.name == name) {
                Some(first) => {
                    let what = format!(
                        "sets {} a second time, after line {}.",
                        line::shown(&name),
                        first.line
                    );
                    let wrong = Wrong::new(what, "Keep one of the two lines.");
                    self.refuse(number, Some(name), wrong);
                }
                None => self.entries.push(Entry {
                    line: number,
                    name,
                    value,
                }),
            },
            Err(wrong) => self.refuse(number, name.map(String::from), wrong),
        }
    }

    /// Notes a refused line. The line itself may hold a secret, so it is not shown.
    fn refuse(&mut self, number: usize, name: Option<String>, wrong: Wrong) {
        let known = name.as_deref().map(line::shown).filter(|name| !wrong.what.contains(*name));
        let what = match known {
            Some(name) => format!("Line {number} of .env, {name}, {}", wrong.what),
            None => format!("Line {number} of .env {}", wrong.what),
        };
        self.refusals.push(Refusal {
            name,
            what,
            cure: wrong.cure,
        });
    }

    fn refused(what: String, cure: &str) -> EnvFile {
        EnvFile {
            entries: Vec::new(),
            refusals: vec![Refusal {
                name: None,
                what,
                cure: cure.into(),
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &[u8]) -> Vec<(usize, String, String)> {
        let file = EnvFile::parse(text);
        assert_eq!(file.refusals, [], "{:?}", String::from_utf8_lossy(text));
        file.entries.into_iter().map(|entry| (entry.line, entry.name, entry.value)).collect()
    }

    fn one(text: &str) -> String {
        let pairs = pairs(text.as_bytes());
        assert_eq!(pairs.len(), 1, "{text}");
        pairs[0].2.clone()
    }

    #[test]
    fn lines_are_read_as_people_write_them() {
        for (text, value) in [
            ("A=1", "1"),
            ("A=1\r\n", "1"),
            ("A=1 ", "1"),
            ("A=1\t\n", "1"),
            ("  A = 1 # one", "1"),
            ("\tA\t=\t1\t# one", "1"),
            ("export A=1", "1"),
            ("export\tA=1", "1"),
            ("A=\"two # 2\"", "two # 2"),
            ("A='two $words \\d'", "two $words \\d"),
            ("A=\"\\$word \\\"x\\\" \\\\\"", "$word \"x\" \\"),
            ("A=\\$word", "$word"),
            ("A=two\\ words", "two words"),
            ("A=http://h/#f", "http://h/#f"),
            ("A=a=b", "a=b"),
            ("A=", ""),
            ("A= # nothing", ""),
            ("A=''", ""),
            ("A=é", "é"),
            ("A=1 # costs $5, \"don't\"", "1"),
        ] {
            assert_eq!(one(text), value, "{text:?}");
        }
    }

    #[test]
    fn remarks_marks_and_line_ends_do_not_count() {
        let text = b"\xef\xbb\xbf# it's $5 \\\r\n\r\nA=1\r\n \t\n  # x\nB=2";
        let expected = [
            (3, "A".to_string(), "1".to_string()),
            (6, "B".to_string(), "2".to_string()),
        ];
        assert_eq!(pairs(text), expected);
        assert_eq!(pairs(b""), []);
        assert_eq!(pairs(b"\xef\xbb\xbf"), []);
    }

    #[test]
    fn what_would_change_silently_is_refused_by_line_and_name() {
        for (line, why) in [
            ("CLIENT_SECRET=pa$word", "has a $"),
            ("CLIENT_SECRET=\"pa$word\"", "has a $"),
            ("CLIENT_SECRET=$5", "has a $"),
            ("CLIENT_SECRET=5$", "has a $"),
            ("CLIENT_SECRET=\\\\$5", "has a $"),
            ("CLIENT_SECRET=${HOME}", "has a $"),
            ("CLIENT_SECRET=two words", "has a blank"),
            ("CLIENT_SECRET=two\twords", "has a blank"),
            ("CLIENT_SECRET='two' words", "goes on behind its quote"),
            ("CLIENT_SECRET='two'words", "goes on behind its quote"),
            ("CLIENT_SECRET='two'#words", "goes on behind its quote"),
            ("CLIENT_SECRET=t'w'o", "has a quote"),
            ("CLIENT_SECRET=it's", "has a quote"),
            ("CLIENT_SECRET=\"two", "is not closed"),
            ("CLIENT_SECRET='two", "is not closed"),
            ("CLIENT_SECRET='two\"", "is not closed"),
            ("CLIENT_SECRET=\"two\\\"", "is not closed"),
            ("CLIENT_SECRET=#word", "begins with #"),
            ("CLIENT_SECRET=word\\", "ends with a backslash"),
            ("CLIENT_SECRET=C:\\word", "has a backslash"),
            ("CLIENT_SECRET='word\\'", "has a backslash"),
            ("CLIENT_SECRET=word\u{a0}", "U+00A0"),
            ("CLIENT_SECRET=\u{3000}word", "U+3000"),
            ("CLIENT_SECRET=wo\0rd", "U+0000"),
            ("CLIENT_SECRET=word\r\r", "U+000D"),
            ("CLIENT_SECRET=wo\u{1b}[2Jrd", "U+001B"),
            ("CLIENT_SECRET=wo\u{85}rd", "U+0085"),
            ("CLIENT_SECRET=wo\u{b}rd", "U+000B"),
            ("CLIENT_SECRET word", "is no setting"),
        ] {
            let text = format!("# one\n{line}\n");
            let file = EnvFile::parse(text.as_bytes());
            assert_eq!(file.entries, [], "{line:?}");
            assert_eq!(file.refusals.len(), 1, "{line:?}");
            let told = file.refusals[0].to_string();
            assert!(told.starts_with("Line 2 of .env"), "{line:?}: {told}");
            assert!(told.contains(why), "{line:?}: {told}");
            assert!(
                !told.contains("word") && !told.contains("two"),
                "a secret is not printed: {told}"
            );
            assert!(told.contains("CLIENT_SECRET") || why == "is no setting", "{line:?}: {told}");
        }
    }

    #[test]
    fn what_is_no_setting_is_not_repeated() {
        for line in [
            "hunter2secret",
            "=hunter2secret",
            "1A=hunter2",
            "A-B=hunter2",
            "export",
            "export A",
            "A B=hunter2",
        ] {
            let file = EnvFile::parse(line.as_bytes());
            assert_eq!(file.entries, [], "{line}");
            let told = file.refusals[0].to_string();
            assert!(
                told.starts_with("Line 1 of .env is no setting.") && !told.contains("hunter2"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_lone_carriage_return_hides_no_lines() {
        // dotenvy takes this file for one remark, and everything in it is gone.
        for text in [
            "# one\rCLIENT_ID=x\r",
            "# one\rCLIENT_ID=x\r\n",
            "CLIENT_ID=x\rCLIENT_SECRET=y",
        ] {
            let told = EnvFile::parse(text.as_bytes()).refusals[0].to_string();
            assert!(told.contains("Line 1 of .env") && told.contains("U+000D"), "{told}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_with_both_lines() {
        let file = EnvFile::parse(b"CLIENT_ID=a\n#CLIENT_ID=b\nexport CLIENT_ID=a\nclient_id=a\n");
        let told: Vec<String> = file.refusals.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "Line 3 of .env sets CLIENT_ID a second time, after line 1. Keep one of the two lines."
            ]
        );
        assert_eq!(file.entries.len(), 2);
    }

    #[test]
    fn other_encodings_are_told_as_such() {
        let told = |bytes: &[u8]| EnvFile::parse(bytes).refusals[0].to_string();
        assert!(told(b"\xff\xfeA\0=\x001\0").contains("UTF-16"));
        assert!(told(b"\xfe\xff\0A\0=\x001").contains("UTF-16"));
        assert!(told(b"A=1\nB=caf\xe9\n").starts_with("Line 2 of .env is not UTF-8."));
    }
}
