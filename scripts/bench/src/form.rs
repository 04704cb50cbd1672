//! Just enough HTML to fill in a login form that was never seen before.

use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

/// The first form of a page that posts: where it goes, and its body once it is filled in.
///
/// Hidden inputs are kept as they came, and so are the ticks; username and password are found by their names. The
/// first button is pressed.
pub fn fill(page: &str, username: &str, password: &str) -> Option<(String, String)> {
    let form = tags(page, "form").find(|form| {
        attribute(form, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"))
    })?;
    let rest = &page[page.find(form)?..];
    let inside = rest.split("</form").next()?;
    let mut body = String::new();
    for input in tags(inside, "input").chain(tags(inside, "button").take(1)) {
        let Some(name) = attribute(input, "name") else {
            continue;
        };
        let value = match name.as_str() {
            "username" => username.to_owned(),
            "password" => password.to_owned(),
            // What a tick without a value sends, if it is set (HTML, "constructing the entry list").
            _ if input.contains("type=\"checkbox\"") => "on".to_owned(),
            _ => attribute(input, "value").unwrap_or_default(),
        };
        let pair = format!("{}={}", encode(&name), encode(&value));
        body += if body.is_empty() { "" } else { "&" };
        body += &pair;
    }
    Some((attribute(form, "action")?, body))
}

/// For a query or a form.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn tags<'a>(page: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("<{name} ");
    let found: Vec<usize> = page.match_indices(&start).map(|(at, _)| at).collect();
    found.into_iter().filter_map(|at| page[at..].split_inclusive('>').next())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    let plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Some(plain.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn hidden_inputs_are_kept_and_decoded() {
        let page = r#"<form method="get" action="/x"><input name="q"></form>
            <form method="post" action="/login"><input type="hidden" name="ticket" value="a&amp;b">
            <input id="username" name="username"><input name="password" type="password"><button></form>
            <input name="outside">"#;
        let (action, body) = fill(page, "user0", "p&0").unwrap();
        assert_eq!(
            (action.as_str(), body.as_str()),
            ("/login", "ticket=a%26b&username=user0&password=p%260")
        );
    }

    #[test]
    fn a_question_is_answered_with_what_is_ticked_and_the_first_button() {
        let page = r#"<form method="post" action="/consent"><input type="hidden" name="ticket" value="t">
            <label><input type="checkbox" name="scope:profile" checked> Who you are</label>
            <button type="submit" name="decision" value="allow">Allow</button>
            <button type="submit" name="decision" value="deny">Deny</button></form>"#;
        let (_, body) = fill(page, "user0", "password0").unwrap();
        assert_eq!(body, "ticket=t&scope%3Aprofile=on&decision=allow");
    }

    #[test]
    fn a_page_without_a_form_is_no_login() {
        assert_eq!(fill("<p>Nothing here</p>", "user0", "password0"), None);
    }
}
