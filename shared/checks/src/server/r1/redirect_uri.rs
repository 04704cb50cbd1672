//! R1.2, R1.3, R1.9: where the answer may go is known before anything is answered.

use crate::server::support::{refused_by_page, stays_here};
use crate::{Check, rule};
use kit::{Outcome, Target};

rule!(
    Check::server("R1.2", "an unknown client gets an error, never a redirect")
        .must("RFC 6749 §4.1.2.1", "client_id unknown or missing: the user sees an error, and is not sent to any client. RFC 6749 §4.1.2.1: the server \"MUST NOT automatically redirect\".")
        .why("Redirecting for a client that nobody registered would make the server an open redirector.")
        .run(|target| Box::pin(unknown_client(target)))
);

rule!(
    Check::server("R1.2", "an unknown client gets a page for the human")
        .lab_rule(
            "RFC 6749 §4.1.2.1",
            "client_id unknown or missing: status 400 and an HTML page, before any login."
        )
        .why("A person looks at the answer, and should be able to read it.")
        .run(|target| Box::pin(unknown_client(target)))
);
async fn unknown_client(target: Target) -> Outcome {
    let good = target.request();
    let bent = [
        good.clone().set("client_id", "no-such-client"),
        good.clone()
            .set("client_id", good.params.get("client_id").unwrap_or_default().to_uppercase()),
        good.clone().set("client_id", ""),
        good.clone().without("client_id"),
    ];
    for request in bent {
        refused_by_page(&target, &request).await?;
    }
    target.still_works().await
}

rule!(
    Check::server("R1.2", "an unregistered redirect_uri gets an error, never a redirect")
        .must("RFC 6749 §4.1.2.1, RFC 9700 §4.11.2", "A redirect_uri that this client did not register: the user sees an error, and is not sent there. RFC 6749 §4.1.2.1: the server \"MUST NOT automatically redirect\".")
        .why("Otherwise the code would be delivered to whoever wrote the link.")
        .run(|target| Box::pin(unregistered_uri(target)))
);

rule!(
    Check::server("R1.2", "an unregistered redirect_uri gets a page for the human")
        .lab_rule("RFC 6749 §4.1.2.1", "A redirect_uri that this client did not register: status 400 and an HTML page, before any login.")
        .why("A person looks at the answer, and should be able to read it.")
        .run(|target| Box::pin(unregistered_uri(target)))
);
async fn unregistered_uri(target: Target) -> Outcome {
    let good = target.request();
    refused_by_page(&target, &good.clone().to("http://evil.example/callback")).await?;
    refused_by_page(&target, &good.clone().to("https://evil.example/")).await?;
    // Registered, but by another client.
    if let Ok(other) = target.other() {
        for uri in &other.redirect_uris {
            refused_by_page(&target, &good.clone().to(uri)).await?;
        }
        let theirs = target.authorization_request(other).to(target.demo.redirect_uri());
        refused_by_page(&target, &theirs).await?;
        target.code_of(other).await?;
    }
    // A second mistake in the same request does not change who is told.
    refused_by_page(
        &target,
        &good.to("http://evil.example/callback").set("response_type", "token"),
    )
    .await?;
    target.still_works().await
}

rule!(
    Check::server("R1.2", "a missing redirect_uri is the only registered one, or an error")
        .must("RFC 6749 §3.1.2.3", "Without redirect_uri the one registered URI is used; with two registered the answer is an error without Location.")
        .why("A server that guesses among several may deliver the code to the wrong place.")
        .run(|target| Box::pin(missing_uri(target)))
);

rule!(
    Check::server("R1.2", "a missing redirect_uri is the only registered one, or an error page")
        .lab_rule("RFC 6749 §3.1.2.3", "Without redirect_uri the one registered URI is used; with two registered the answer is a 400 page.")
        .why("A server that guesses among several may deliver the code to the wrong place.")
        .run(|target| Box::pin(missing_uri(target)))
);
async fn missing_uri(target: Target) -> Outcome {
    for request in [
        target.request().without("redirect_uri"),
        target.request().set("redirect_uri", ""),
    ] {
        target.code_for(&mut target.browser(), &request, target.user()?).await?;
    }
    let other = target.other()?;
    let request = target.authorization_request(other);
    refused_by_page(&target, &request.clone().without("redirect_uri")).await?;
    refused_by_page(&target, &request.set("redirect_uri", "")).await?;
    target.code_of(other).await?;
    Ok(())
}

rule!(
    Check::server("R1.3", "near misses of redirect_uri are refused")
        .must("RFC 9700 §2.1, §4.1.3", "redirect_uri is compared as a string: every suffix, prefix, case, port, dot segment or added part is an error without Location.")
        .why("Each tolerant comparison has been used to steal codes.")
        .run(|target| Box::pin(near_misses(target)))
);

rule!(
    Check::server("R1.3", "near misses of redirect_uri are refused by a page")
        .lab_rule("RFC 6749 §4.1.2.1", "Every suffix, prefix, case, port, dot segment or added part: status 400 and an HTML page.")
        .why("A person looks at the answer, and should be able to read it.")
        .run(|target| Box::pin(near_misses(target)))
);
async fn near_misses(target: Target) -> Outcome {
    for uri in near(target.demo.redirect_uri()) {
        let request = target.request().to(&uri);
        if target.exact {
            stays_here(&target, &target.browser().get(request.url()).await?)?;
        } else {
            refused_by_page(&target, &request).await?;
        }
    }
    target.still_works().await
}

/// Strings that are almost the registered `http://host:port/path`. Of a URI of another scheme, only longer ones.
fn near(uri: &str) -> Vec<String> {
    let mut near: Vec<String> = [
        "evil", "/", "/evil", "/../evil", "?", "?x=1", "&x=1", "#", "#f", "%00", "%20", " ", "\n",
        "\t", ";x", ".", "\\",
    ]
    .iter()
    .map(|suffix| format!("{uri}{suffix}"))
    .collect();
    let Some(rest) = uri.strip_prefix("http://") else {
        return near;
    };
    let (origin, path) = uri.split_at(rest.find('/').map_or(uri.len(), |at| at + 7));
    let (host, port) = origin.rsplit_once(':').unwrap_or((origin, "80"));
    let next_port = port.parse::<u16>().unwrap_or(80).wrapping_add(1);
    let name = path.trim_start_matches('/');
    near.extend([
        uri[..uri.len() - 1].to_owned(),
        format!(" {uri}"),
        uri.to_uppercase(),
        format!("HTTP{}", &uri[4..]),
        format!("https{}", &uri[4..]),
        format!("{}{path}", origin.replace("localhost", "LOCALHOST")).replace("127.0.0.1", "127.1"),
        format!("{origin}{}", path.to_uppercase()),
        format!("{host}:{next_port}{path}"),
        format!("{host}{path}"),
        format!("{host}:0{port}{path}"),
        format!("{host}.:{port}{path}"),
        format!("{origin}/{path}"),
        format!("{origin}/x/..{path}"),
        format!("{origin}/x/%2e%2e{path}"),
        format!("{origin}/.{path}"),
        format!("{origin}%2F{name}"),
        format!(
            "{origin}/%{:02x}{}",
            name.as_bytes().first().unwrap_or(&b'c'),
            name.get(1..).unwrap_or_default()
        ),
        format!("{origin}@evil.example{path}"),
        format!("{origin}.evil.example{path}"),
        format!("http://user@{}{path}", &origin[7..]),
        format!("http://evil.example\\@{}{path}", &origin[7..]),
        format!("http://evil.example#{uri}"),
        format!("http://evil.example/?{uri}"),
        format!("//{}{path}", &origin[7..]),
        path.to_owned(),
        "javascript:alert(1)".to_owned(),
    ]);
    near.retain(|other| other != uri);
    near
}

rule!(
    Check::server("R1.9", "a registered URI keeps its own query")
        .must(
            "RFC 6749 §3.1.2",
            "code and error are added to the query of the registered URI; what stands there stays."
        )
        .why("A client may tell its callbacks apart by that query.")
        .run(|target| Box::pin(query_is_kept(target)))
);
async fn query_is_kept(target: Target) -> Outcome {
    let other = target.other()?;
    let with_query = other.redirect_uris.iter().find(|uri| uri.contains('?'));
    let Some(uri) = with_query else {
        return Err(kit::verdict::Verdict::skipped("a registered redirect URI with a query"));
    };
    let request = target.authorization_request(other).to(uri);
    // `leads_to` inside of these helpers asks for `uri&…`, byte for byte.
    target.code_for(&mut target.browser(), &request, target.user()?).await?;
    // Whether this is an error is R1.4's affair; if it is one, it goes to the same place.
    let answer = target.browser().get(request.set("response_type", "token").url()).await?;
    if answer.location_param("error").is_some() {
        answer.must_redirect_error(uri, "unsupported_response_type")?;
    }
    Ok(())
}
