//! What is taken and what is refused, with near misses.

use super::*;

fn refused(given: &Given) -> Vec<String> {
    given.judge().1.iter().map(ToString::to_string).collect()
}

/// The value set in the environment: there, `.env`'s grammar does not stand in its way.
fn one(name: &str, value: &str) -> Vec<String> {
    refused(&Given::parse("").with(name, value))
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = Given::parse("").settings().expect("the defaults are good");
    assert_eq!(settings.auth_server_url, "http://localhost:5000");
    assert_eq!(settings.client_app_origin, "http://localhost:5001");
    assert_eq!(settings.redirect_uri, "http://localhost:5001/callback");
    assert_eq!(settings.ttl_code, Duration::from_secs(300));
    assert_eq!((settings.max_rows, settings.max_connections), (10_000, 512));
    let waits = [
        settings.timeout_header,
        settings.timeout_body,
        settings.timeout_idle,
    ];
    assert_eq!(waits.map(|wait| wait.as_secs()), [10, 10, 75]);
    assert_eq!((settings.jwt_secret, settings.debug), (None, true));
}

#[test]
fn addresses_follow_the_ports_and_the_origin_follows_the_address() {
    let settings =
        Given::parse("AUTH_SERVER_PORT=5010\nCLIENT_APP_PORT=80").settings().expect("good");
    assert_eq!(settings.auth_server_url, "http://localhost:5010");
    assert_eq!(settings.client_app_url, "http://localhost:80");
    assert_eq!(settings.client_app_origin, "http://localhost");
    assert_eq!(settings.redirect_uri, "http://localhost:80/callback");
    let settings = Given::parse("CLIENT_APP_URL=http://LOCALHOST:5001").settings().expect("good");
    assert_eq!(settings.client_app_url, "http://LOCALHOST:5001");
    assert_eq!(settings.client_app_origin, "http://localhost:5001");
}

#[test]
fn each_setting_arrives_where_it_belongs() {
    let seconds = [
        "LAB_TTL_CODE",
        "LAB_TTL_ACCESS",
        "LAB_TTL_REFRESH",
        "LAB_TTL_REFRESH_IDLE",
        "LAB_TTL_PENDING",
        "LAB_TTL_STATE",
        "LAB_TIMEOUT_HEADER",
        "LAB_TIMEOUT_BODY",
        "LAB_TIMEOUT_IDLE",
        "LAB_MAX_ROWS",
        "LAB_MAX_CONNECTIONS",
    ];
    let numbers = seconds.iter().zip(101..);
    let mut text: String = numbers.map(|(name, number)| format!("{name}={number}\n")).collect();
    text.push_str("LAB_DEBUG=0\nCLIENT_ID=an-id\nCLIENT_SECRET=a-secret\n");
    text.push_str("AUTH_SERVER_URL=http://a.test\nREDIRECT_URI=http://b.test/\n");
    text.push_str("JWT_SECRET=ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM\n");
    let settings = Given::parse(&text).settings().expect("good");
    let durations = [
        settings.ttl_code,
        settings.ttl_access,
        settings.ttl_refresh,
        settings.ttl_refresh_idle,
        settings.ttl_pending,
        settings.ttl_state,
        settings.timeout_header,
        settings.timeout_body,
        settings.timeout_idle,
    ];
    assert!(durations.iter().map(Duration::as_secs).eq(101..110));
    assert_eq!((settings.max_rows, settings.max_connections), (110, 111));
    assert!(!settings.debug);
    assert_eq!((settings.client_id, settings.client_secret), ("an-id".into(), "a-secret".into()));
    assert_eq!(settings.auth_server_url, "http://a.test");
    assert_eq!(settings.redirect_uri, "http://b.test/");
    assert_eq!(settings.jwt_secret, Some((100..132).collect()));
}

#[test]
fn what_works_is_taken() {
    let longest = "x".repeat(1024);
    for (name, value) in [
        ("AUTH_SERVER_PORT", "65535"),
        ("AUTH_SERVER_PORT", "6001"),
        ("CLIENT_APP_PORT", "80"),
        ("AUTH_SERVER_URL", "http://[::1]:5000"),
        ("AUTH_SERVER_URL", "http://auth.example"),
        ("CLIENT_ID", "demo-public2"),
        ("CLIENT_ID", "Demo-Other"),
        ("CLIENT_ID", "user01"),
        ("CLIENT_ID", "two words"),
        ("CLIENT_ID", &longest),
        ("CLIENT_SECRET", "a:b+c d%25&e=f\"é~!$#'\\"),
        ("REDIRECT_URI", "http://LOCALHOST:80/a/../b/%7Ecallback"),
        ("REDIRECT_URI", "http://localhost:5001/callback?from=x"),
        ("REDIRECT_URI", "https://client.example/callback?a=b&c=d"),
        ("REDIRECT_URI", "http://127.0.0.1:5666/callback/"),
        ("LAB_TTL_CODE", "1"),
        ("LAB_TTL_CODE", "600"),
        ("LAB_TTL_ACCESS", "31536000"),
        ("LAB_MAX_ROWS", "1"),
        ("LAB_DEBUG", "0"),
        ("LAB_TIMEOUT_IDLE", "3600"),
        ("LAB_TTL_STATE", ""),
        ("CLIENT_ID", ""),
        ("JWT_SECRET", "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM="),
    ] {
        assert_eq!(one(name, value), [""; 0], "{name}={value}");
    }
}

#[test]
fn what_cannot_work_is_refused_by_name_with_the_reason() {
    let long = "x".repeat(1025);
    for (name, value, why) in [
        ("AUTH_SERVER_PORT", "0", "1 to 65535"),
        ("AUTH_SERVER_PORT", "70000", "1 to 65535"),
        ("CLIENT_APP_PORT", "sixty", "1 to 65535"),
        ("CLIENT_APP_PORT", "6000", "browsers refuse"),
        ("AUTH_SERVER_PORT", "6665", "browsers refuse"),
        ("AUTH_SERVER_PORT", "5001", "a port of its own"),
        ("LAB_TTL_CODE", "601", "from 1 to 600"),
        ("LAB_TTL_CODE", "0", "from 1 to 600"),
        ("LAB_TTL_ACCESS", "31536001", "from 1 to"),
        ("LAB_TTL_REFRESH", "-1", "from 1 to"),
        ("LAB_TTL_REFRESH_IDLE", "1.5", "from 1 to"),
        ("LAB_TTL_PENDING", "soon", "from 1 to"),
        ("LAB_TTL_STATE", "+5", "from 1 to"),
        ("LAB_MAX_ROWS", "0", "from 1 to"),
        ("LAB_MAX_ROWS", "10_000", "from 1 to"),
        ("LAB_MAX_CONNECTIONS", "0", "from 1 to"),
        ("LAB_TIMEOUT_HEADER", "0", "from 1 to 3600"),
        ("LAB_TIMEOUT_BODY", "3601", "from 1 to 3600"),
        ("LAB_TIMEOUT_IDLE", "99999999999999999999", "from 1 to 3600"),
        ("LAB_DEBUG", "yes", "from 0 to 1"),
        ("LAB_DEBUG", "2", "from 0 to 1"),
        ("AUTH_SERVER_URL", "http://localhost:5000/", "a slash at the end"),
        ("AUTH_SERVER_URL", "http://localhost:99999", "1 to 65535"),
        ("AUTH_SERVER_URL", "http://:5000", "names no host"),
        ("AUTH_SERVER_URL", "http://localhost:5000?", "goes on behind"),
        ("AUTH_SERVER_URL", "http://localhost:5000#x", "goes on behind"),
        ("AUTH_SERVER_URL", "https://localhost:5000", "does not begin with http://"),
        ("AUTH_SERVER_URL", "http://LOCALHOST:5001", "same address"),
        ("CLIENT_APP_URL", "http://localhost:5001/app", "goes on behind"),
        ("CLIENT_APP_URL", "localhost:5001", "does not begin with http://"),
        ("CLIENT_APP_URL", "http://localhost:6697", "browsers refuse"),
        ("CLIENT_APP_URL", "http://me@localhost:5001", "user name"),
        ("CLIENT_ID", "demo-other", "somebody else has that name"),
        ("CLIENT_ID", "demo-public", "somebody else has that name"),
        ("CLIENT_ID", "user0", "somebody else has that name"),
        ("CLIENT_ID", "user1", "somebody else has that name"),
        ("CLIENT_ID", " demo", "begins or ends with a blank"),
        ("CLIENT_ID", "demo\u{a0}", "begins or ends with a blank"),
        ("CLIENT_ID", "de\u{202e}mo", "nobody can see (U+202E)"),
        ("CLIENT_ID", "demo\u{feff}", "nobody can see (U+FEFF)"),
        ("CLIENT_ID", "de\u{7f}mo", "control character in it (U+007F)"),
        ("CLIENT_ID", &long, "longer than 1024 bytes"),
        ("CLIENT_SECRET", "hunter2\r", "control character in it (U+000D)"),
        ("CLIENT_SECRET", "hunter2\n", "control character in it (U+000A)"),
        ("CLIENT_SECRET", "hunter\t2", "control character in it (U+0009)"),
        ("CLIENT_SECRET", "\u{1b}[1mhunter2", "control character in it (U+001B)"),
        ("CLIENT_SECRET", "hunter2 ", "begins or ends with a blank"),
        ("CLIENT_SECRET", "", "is empty"),
        ("JWT_SECRET", "", "is empty"),
        ("JWT_SECRET", "hunter22", "shorter than 32 bytes"),
        ("JWT_SECRET", "hunter2", "is not base64url"),
        ("REDIRECT_URI", "/callback", "does not begin with http://"),
        ("REDIRECT_URI", "http://localhost:5001/callback#top", "fragment"),
        ("REDIRECT_URI", "http://localhost:5001/callback#", "fragment"),
        ("REDIRECT_URI", "http://localhost:5001/call back", "` ` in it"),
        ("REDIRECT_URI", "http://localhost:5001/cällback", "`ä` in it"),
        ("REDIRECT_URI", "http://localhost:5001\\callback", "`\\\\` in it"),
        ("REDIRECT_URI", "http://localhost:5001/callback\u{0}", "control character"),
        ("REDIRECT_URI", "http://localhost:6000/callback", "browsers refuse"),
        ("REDIRECT_URI", "http://:5001/callback", "names no host"),
        ("REDIRECT_URI", "http://user@localhost:5001/callback", "user name"),
        ("REDIRECT_URI", "app://callback", "does not begin with http://"),
        ("REDIRECT_URI", "http://127.0.0.1:5666/callback", "demo-other"),
        ("REDIRECT_URI", "http://localhost:5001/callback?from=other", "demo-other"),
    ] {
        let found = one(name, value);
        assert_eq!(found.len(), 1, "{name}={value:?}: {found:?}");
        assert!(
            found[0].starts_with(name) && found[0].contains(why),
            "{name}={value:?}: {found:?}"
        );
        assert!(found[0].contains("environment"), "{found:?}");
        assert!(!found[0].contains("hunter"), "a secret is not printed: {found:?}");
        assert!(!found[0].contains(char::is_control), "{found:?}");
    }
}

#[test]
fn all_is_refused_at_once_and_each_place_is_named() {
    let given = Given::parse(
        "LAB_DEBUG=2\nCLIENT_SECRET=pa$word\nAUTH_SERVER_PORT=5001\n\nCLIENT_ID=user0\n",
    );
    let found = refused(&given.with("LAB_TTL_CODE", "0"));
    let wanted = [
        "Line 2 of .env, CLIENT_SECRET, has a $",
        "CLIENT_ID (line 5 of .env) is `user0`",
        "LAB_TTL_CODE (set in the environment) is `0`",
        "LAB_DEBUG (line 1 of .env) is `2`",
        "AUTH_SERVER_PORT (line 3 of .env) and CLIENT_APP_PORT are the same: 5001.",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.starts_with(wanted), "{found}");
    }
}

#[test]
fn a_refused_port_is_not_compared() {
    let found = refused(&Given::parse("AUTH_SERVER_PORT=0\nCLIENT_APP_PORT=5000"));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_value_of_the_environment_that_is_not_utf_8_is_refused() {
    let mut given = Given::parse("");
    given.set_unreadable("CLIENT_SECRET");
    assert!(refused(&given)[0].starts_with("CLIENT_SECRET (set in the environment) is not UTF-8."));
}
