//! How exactly a refusal is judged: a lab rule asks for the answer of the error contract, a MUST for what its RFC demands.

use kit::{Answer, Outcome, Target};

/// `/token` refuses. Which status and which error it names counts for a lab rule only.
pub fn refused_by_token(target: &Target, answer: &Answer, status: u16, error: &str) -> Outcome {
    if target.exact {
        answer.must_be_oauth_error(status, error)?;
    } else {
        answer.must_be_refused_by_token()?;
    }
    Ok(())
}

/// The user is told, and the browser is sent nowhere (RFC 6749 §4.1.2.1). That it is HTML with 400 is a lab rule.
pub fn stays_here(target: &Target, answer: &Answer) -> Outcome {
    if target.exact {
        answer.must_be_page(400)?;
    } else {
        let refused = answer.status >= 400 && answer.header("location").is_none();
        answer.must(refused, "an error status and no Location")?;
    }
    Ok(())
}

/// The API stays shut: an error status, and nothing about the user. Which of them counts for a lab rule only.
pub fn shut(target: &Target, answer: &Answer, status: u16, error: Option<&str>) -> Outcome {
    if target.exact {
        answer.must_be_bearer_error(status, error)?;
    } else {
        let refused = matches!(answer.status, 400..=499);
        let silent = !answer.body.contains(&target.user()?.username);
        answer.must(refused && silent, "an error status (4xx), and nothing about the user")?;
    }
    Ok(())
}
