//! E6: one name for each process, whatever it is called by, and one cookie, whatever else was planted.

use crate::server::e::memory::logged_in;
use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::{Outcome, Request, Target};

rule!(
    Check::server("E6", "another loopback name leads to the configured one")
        .lab_rule("RFC 6265 §5.1.3, lab rule", "GET / at 127.0.0.1 is a 303 to the configured address, on server and client; at any other address, and by any foreign name, there is no redirect.")
        .why("Cookies belong to a name: a login that starts at 127.0.0.1 and comes back to localhost is the login of nobody.")
        .run(|target| Box::pin(lead_home(target)))
);
async fn lead_home(target: Target) -> Outcome {
    let pair = of_this_lab(&target)?;
    for home in [&pair.server.url, &pair.client.url] {
        let host = home.trim_start_matches("http://").to_owned();
        let other = host.replace("localhost", "127.0.0.1");
        let get = |path: &str, host: &str| {
            let request = Request::get(format!("{home}{path}")).header("Host", host);
            target.http.send(request)
        };
        for path in ["/", "/?next=//evil.example"] {
            let led = get(path, &other).await?;
            let there = led.header("location") == Some(format!("{home}/").as_str());
            led.must(led.status == 303 && there, format!("303 to {home}/"))?;
        }
        for (path, host) in [
            ("/", host.as_str()),
            ("/", "evil.example"),
            ("/healthz", &other),
        ] {
            let stays = get(path, host).await?;
            let good = stays.status == 200 && stays.header("location").is_none();
            stays.must(good, "200 and no redirect")?;
        }
    }
    Ok(())
}

rule!(
    Check::server("R1.12", "a session cookie that means nothing does not hide the one that does")
        .lab_rule("RFC 6265 §5.4", "With a cookie of the same name before or behind it, well-formed or not, the cookie of a login still logs in.")
        .why("Another port of the same host can plant a cookie with a longer path, and the browser sends that one first: one request would lock the user out for good.")
        .run(|target| Box::pin(planted(target)))
);
async fn planted(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let browser = logged_in(&target, 0).await?;
    let found = browser.cookies().iter().find(|cookie| cookie.value.len() >= 16);
    let (name, value) = found.map(|it| (it.name.as_str(), it.value.as_str())).unwrap_or_default();
    must(!name.is_empty(), "a login", "a session cookie", "none")?;
    let first = if value.starts_with('A') { "B" } else { "A" };
    let unknown = format!("{first}{}", &value[1..]);
    for strange in [
        unknown.as_str(),
        "nonsense",
        "",
        "\u{fc}",
    ] {
        for cookies in [
            format!("{name}={strange}; {name}={value}"),
            format!("{name}={value}; {name}={strange}"),
        ] {
            let request = Request::get(target.url("/welcome")).header("Cookie", cookies);
            target.http.send(request).await?.must_be_page(200)?;
        }
    }
    Ok(())
}
