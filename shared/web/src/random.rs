//! New secrets.

use std::cell::RefCell;

use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use base64::prelude::Engine;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// One secret, in bytes.
const LENGTH: usize = 32;

/// How many secrets one call to the operating system is good for.
const SECRETS: usize = 32;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
}

/// A new secret: 256 bits from the operating system's generator, as 43 URL-safe characters.
///
/// Guessing one must succeed with a probability of at most 2^-128 (RFC 6749 §10.10).
pub fn random_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(POOL.with_borrow_mut(Pool::take))
}

/// Random bytes of one thread that nobody has used yet.
struct Pool {
    bytes: [u8; LENGTH * SECRETS],
    left: usize,
}

impl Pool {
    const EMPTY: Pool = Pool {
        bytes: [0; LENGTH * SECRETS],
        left: 0,
    };

    /// The next secret. It is wiped here, so that none is given out twice.
    fn take(&mut self) -> [u8; LENGTH] {
        if self.left == 0 {
            // Without randomness nothing here is safe, so going on would be worse than ending.
            OsRng.try_fill_bytes(&mut self.bytes).expect("the operating system gives random bytes");
            self.left = self.bytes.len();
        }
        self.left -= LENGTH;
        let mut secret = [0; LENGTH];
        secret.swap_with_slice(&mut self.bytes[self.left..self.left + LENGTH]);
        secret
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn tokens_are_256_bits_and_never_the_same() {
        let make = || (0..1000).map(|_| random_token()).collect::<HashSet<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
        let tokens: HashSet<_> =
            threads.into_iter().flat_map(|made| made.join().unwrap()).collect();
        assert_eq!(tokens.len(), 4000);
        let decoded = |token| BASE64_URL_SAFE_NO_PAD.decode(token).unwrap().len();
        assert!(tokens.iter().all(|token| token.len() == 43 && decoded(token) == LENGTH));
    }

    #[test]
    fn what_was_given_out_is_not_kept() {
        let mut pool = Pool::EMPTY;
        for _ in 0..SECRETS {
            let secret = pool.take();
            assert_ne!(secret, [0; LENGTH]);
            assert!(pool.bytes[pool.left..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(pool.left, 0);
        assert_ne!(pool.take(), [0; LENGTH]);
    }
}
