//! E3, E4, E6: methods, unknown paths, and the small things that the lab's wire promises.

use crate::{Check, rule};
use kit::html::{links, login_form, tags, text};
use kit::ladder::Capability;
use kit::request::FORM;
use kit::{Outcome, Request, Target};

rule!(
    Check::server("E3", "/authorize answers GET only, HEAD included")
        .before(Capability::OpenIdConnect)
        .lab_rule("RFC 9110 §15.5.6", "HEAD, POST, PUT and DELETE, with a session too: 405 with Allow: GET, no redirect, no code.")
        .why("A link preview that asks by HEAD must not mint a code; RFC 9110 §9.1 wants HEAD supported, so this is a rule of this house.")
        .run(|target| Box::pin(methods(target)))
);
async fn methods(target: Target) -> Outcome {
    let request = target.request();
    let mut known = target.browser();
    target.log_in(&mut known, target.user()?).await?;
    for mut browser in [target.browser(), known.clone()] {
        for method in ["HEAD", "POST", "PUT", "DELETE"] {
            let answer = browser.send(Request::new(method, request.url())).await?;
            let good = answer.status == 405 && answer.has_word("allow", "GET");
            answer.must(
                good && answer.header("location").is_none(),
                "405 with Allow: GET, no Location",
            )?;
        }
        let form = kit::encoding::encode_pairs(&request.params.0);
        let answer =
            browser.send(Request::new("POST", target.url("/authorize")).body(FORM, form)).await?;
        answer.must(answer.status == 405, "405")?;
    }
    target.code_for(&mut known, &request, target.user()?).await?;
    Ok(())
}

rule!(
    Check::server("E4", "an unknown path is a small 404 page that links home")
        .lab_rule("RFC 9110 §15.5.5", "404, HTML of at most 8 KiB, a link to /.")
        .why("A learner who mistypes should find back.")
        .run(|target| Box::pin(unknown_path(target)))
);
async fn unknown_path(target: Target) -> Outcome {
    for path in [
        "/no-such-page",
        "/authorize/",
        "/debug",
        "/debug/",
        "/token/x",
        "/.env",
        "/login/../x",
    ] {
        let answer = target.browser().get(target.url(path)).await?;
        answer.must_be_page(404)?;
        let home = links(&answer.body).iter().any(|link| link.href == "/");
        answer.must(home && answer.body.len() <= 8192, "a small page with a link to /")?;
    }
    target.browser().get(target.url("/")).await?.must_be_page(200)?;
    Ok(())
}

rule!(
    Check::server("E6", "/healthz answers ok")
        .lab_rule("lab rule", "GET /healthz: 200 with the body ok.")
        .why("Whoever starts the server must know when it is ready.")
        .run(|target| Box::pin(healthz(target)))
);
async fn healthz(target: Target) -> Outcome {
    let answer = target.browser().get(target.url("/healthz")).await?;
    answer.must(answer.status == 200 && answer.body.trim() == "ok", "200 with the body ok")?;
    Ok(())
}

rule!(
    Check::server("E6", "home, login and welcome are pages")
        .lab_rule("lab rule", "GET / and /login: 200 HTML, the latter with fields username and password; /welcome after a login: 200 HTML with the user's name.")
        .why("The login must be usable by itself, without any client.")
        .run(|target| Box::pin(pages(target)))
);
async fn pages(target: Target) -> Outcome {
    let user = target.user()?;
    let mut browser = target.browser();
    browser.get(target.url("/")).await?.must_be_page(200)?;
    let page = browser.get(target.url("/login")).await?;
    page.must_be_page(200)?;
    let form = login_form(&page.body).is_some_and(|form| {
        form.method == "POST"
            && form.has("username")
            && form.of_kind("password").is_some_and(|field| field.name == "password")
    });
    page.must(form, "a form with method POST, username and password")?;
    target.log_in(&mut browser, user).await?;
    let welcome = browser.get(target.url("/welcome")).await?;
    welcome.must_be_page(200)?;
    welcome.must(text(&welcome.body).contains(&user.username), "the name of the user")?;
    let stranger = target.browser().get(target.url("/welcome")).await?;
    stranger
        .must(!text(&stranger.body).contains(&user.username), "nobody's name without a session")?;
    Ok(())
}

rule!(
    Check::server("E6", "every page names its version and is set for small screens")
        .lab_rule("lab rule", "The title begins with [vNN], there is a viewport, a language, one h1, and a label for each field.")
        .why("With six servers in six tabs one must see which is which, on any screen and with any reader.")
        .run(|target| Box::pin(readable(target)))
);
async fn readable(target: Target) -> Outcome {
    // A rule about our own pages: nobody else has to look like them.
    target.pair()?;
    let mut browser = target.browser();
    target.log_in(&mut browser, target.user()?).await?;
    let name = target.name();
    let mut pages = Vec::new();
    for path in [
        "/",
        "/login",
        "/welcome",
        "/no-such-page",
        "/authorize",
        "/debug/state",
    ] {
        let request = Request::get(target.url(path)).header("Accept", "text/html");
        pages.push(browser.send(request).await?);
    }
    if target.has(Capability::Consent) {
        let request = target.authorization_request(target.public()?);
        pages.push(target.question(&mut browser, &request, target.user()?).await?.page);
    }
    for answer in pages {
        let all = tags(&answer.body);
        let has = |name: &str, attribute: &str| {
            all.iter().any(|tag| tag.name == name && tag.get(attribute).is_some())
        };
        let title = answer.body.split_once("<title>").map(|parts| parts.1.trim_start().to_owned());
        let marked = title.is_some_and(|title| title.starts_with(&format!("[{name}]")));
        answer.must(marked, format!("a title that begins with [{name}]"))?;
        let viewport =
            all.iter().any(|tag| tag.name == "meta" && tag.get("name") == Some("viewport"));
        answer.must(viewport && has("html", "lang"), "a viewport and a language")?;
        let headings = all.iter().filter(|tag| tag.name == "h1").count();
        answer.must(headings == 1, "one h1")?;
        let labels: Vec<&str> =
            all.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
        let wraps = all.iter().any(|tag| tag.name == "label" && tag.get("for").is_none());
        let labelled = |tag: &&kit::html::Tag| {
            tag.get("type") == Some("hidden")
                || wraps
                || tag.get("id").is_some_and(|id| labels.contains(&id))
        };
        let good = all.iter().filter(|tag| tag.name == "input").all(|tag| labelled(&tag));
        answer.must(good, "a label for each field")?;
    }
    Ok(())
}
