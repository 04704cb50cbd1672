//! How lines are read, and which are refused.

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
        assert!(!told.contains("word") && !told.contains("two"), "a secret is not printed: {told}");
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
fn a_name_that_looks_like_a_piece_of_a_secret_is_not_shown() {
    for (name, shown) in [
        ("AUTH_SERVER_PROT", true),
        ("hunter2", false),
        (&"A".repeat(40), true),
        (&"A".repeat(41), false),
    ] {
        let told = EnvFile::parse(format!("{name}=$x").as_bytes()).refusals[0].to_string();
        assert_eq!(told.contains(name), shown, "{told}");
    }
}

#[test]
fn a_lone_carriage_return_hides_no_lines() {
    // dotenvy takes this file for one remark, and everything in it is gone.
    for text in [
        "# one\rCLIENT_ID=x\r",
        "# one\rCLIENT_ID=x\r\n",
        "CLIENT_ID=x\rCLIENT_SECRET=y",
        "CLIENT_ID=x\r",
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
        ["Line 3 of .env sets CLIENT_ID a second time, after line 1. Keep one of the two lines."]
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
