//! Forms and links of a page, found the tolerant way: any order of attributes, any quotes, broken markup.

mod forms;
mod tags;

pub use forms::Form;
pub use forms::Input;
pub use forms::Link;
pub use forms::consent_form;
pub use forms::forms;
pub use forms::links;
pub use forms::login_form;
pub use tags::Tag;
pub use tags::tags;
pub use tags::text;
pub use tags::unescape;

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!-- <form action=no> --><p>a < b</p>
        <FORM method='post' ACTION="/login?a=1&amp;b=2"><input type=hidden value="t&#x27;&quot;" name=ticket>
        <input name="username"/><input value='>' name = 'q' disabled><input type="password" name="password">
        <button name=go value=1>Go</button></form><a class=x href=/start>Start <b>auth</b></a><script>"<form>"</script>"#;

    #[test]
    fn a_form_is_found_in_messy_markup() {
        let form = login_form(PAGE).expect("a login form");
        assert_eq!((form.method.as_str(), form.action.as_str()), ("POST", "/login?a=1&b=2"));
        let sent = form.filled(&[("username", "u"), ("password", "p")]);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            sent,
            [
                ("ticket", "t'\""),
                ("username", "u"),
                ("q", ">"),
                ("password", "p")
            ]
        );
        assert_eq!(forms(PAGE).len(), 1);
    }

    #[test]
    fn a_link_has_its_text() {
        let links = links(PAGE);
        assert_eq!((links[0].href.as_str(), links[0].text.as_str()), ("/start", "Start auth"));
    }

    #[test]
    fn nonsense_ends() {
        for page in [
            "<",
            "<a",
            "<a =",
            "<a ==>",
            "<a b=\"",
            "<!--",
            "&",
            "&#x;",
            "<script>",
            "</",
            "<é é=é>",
            "&é;",
            "<a 'é",
        ] {
            tags(page);
            text(page);
            forms(page);
            links(page);
        }
    }
}
