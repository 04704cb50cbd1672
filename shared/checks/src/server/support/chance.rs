//! Whether values can be guessed.

use std::collections::HashSet;

use kit::Verdict;

/// How many bits of chance the samples can hold at most: places that vary, times what a character of theirs can say.
pub fn bits_of_chance(samples: &[String]) -> f64 {
    let shortest = samples.iter().map(String::len).min().unwrap_or(0);
    let mut alphabet = HashSet::new();
    let mut places = 0_u32;
    for at in 0..shortest {
        let here: HashSet<u8> = samples.iter().map(|sample| sample.as_bytes()[at]).collect();
        if here.len() > 2 {
            places += 1;
            alphabet.extend(here);
        }
    }
    let letters = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    f64::from(places) * f64::from(letters.max(1)).log2()
}

/// Fails unless the values are all different and can hold at least 128 bits of chance.
pub fn must_be_unguessable(what: &str, samples: &[String]) -> Result<(), Verdict> {
    let distinct: HashSet<&String> = samples.iter().collect();
    let bits = bits_of_chance(samples);
    if distinct.len() == samples.len() && bits >= 128.0 {
        return Ok(());
    }
    Err(Verdict::failed(
        format!("{} requests that each bring {what}", samples.len()),
        format!("{what}: all different, at least 128 bits of chance each"),
        format!("{} different, at most {bits:.0} bits:\n{}", distinct.len(), samples.join("\n")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::encoding::random;

    #[test]
    fn random_values_pass_and_counters_fail() {
        let random: Vec<String> = (0..20).map(|_| random()).collect();
        assert!(must_be_unguessable("a code", &random).is_ok());
        let hex: Vec<String> =
            (0..20).map(|_| format!("{:032x}", rand::random::<u128>())).collect();
        assert!(must_be_unguessable("a code", &hex).is_ok());
        let counted: Vec<String> =
            (0..20).map(|n| format!("a-very-long-fixed-prefix-for-the-code-{n:08}")).collect();
        assert!(must_be_unguessable("a code", &counted).is_err());
        let short: Vec<String> = random.iter().map(|code| code[..16].to_owned()).collect();
        assert!(must_be_unguessable("a code", &short).is_err());
        let mut twice = random.clone();
        twice.push(random[0].clone());
        assert!(must_be_unguessable("a code", &twice).is_err());
    }
}
