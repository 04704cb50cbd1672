//! What the messages between the request and the code mean.

use kit::Answer;
use kit::encoding::path;
use kit::target::User;

/// What a message on the way from the request to the code means.
pub fn meaning(answer: &Answer, user: &User, known_as: &str) -> String {
    let has_code = answer.location_param("code").is_some();
    let username = &user.username;
    match (path(&answer.request.url), answer.request.method.as_str()) {
        ("/login", "GET") => {
            "S shows its login page. The ticket stands for the request that waits.".into()
        }
        ("/login", _) if has_code => {
            format!(
                "{username}'s password is right: S sends the browser back with a code for {username}."
            )
        }
        ("/login", _) if asks(answer) => {
            format!(
                "The password is right. S now knows this browser as {username}, and has a question."
            )
        }
        ("/login", _) => format!("The password is right. S now knows this browser as {username}."),
        ("/consent", "GET") => format!("S asks {username} whether the application may have that."),
        ("/consent", _) => {
            format!("{username} allows it, and S sends the browser back with a code.")
        }
        ("/authorize", _) if has_code => {
            format!("S knows this browser as {known_as} and gives a code at once.")
        }
        ("/authorize", _) if asks(answer) => {
            format!(
                "S knows this browser as {known_as}. It keeps the request: {known_as} has to be asked first."
            )
        }
        ("/authorize", _) if answer.is_redirect() => {
            "S does not know this browser yet. It keeps the request and asks for a login.".into()
        }
        _ => "S answers.".into(),
    }
}

/// Does it lead to the page that asks for consent?
fn asks(answer: &Answer) -> bool {
    answer.location().is_some_and(|there| path(&there) == "/consent")
}
