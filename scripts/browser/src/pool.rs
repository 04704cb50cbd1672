//! A few browsers for many tests: one takes seconds of a core to start.

use std::sync::{Arc, Mutex, PoisonError};

use kit::chromium::Programs;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use crate::chromium::Driver;
use crate::person::Person;

/// The browsers. The first test that needs one starts it; whoever is done puts it back.
#[derive(Clone, Debug)]
pub struct Pool {
    programs: Programs,
    runtime: Arc<Runtime>,
    driver: Arc<OnceCell<Driver>>,
    idle: Arc<Mutex<Vec<Person>>>,
    all: Arc<Mutex<Vec<Person>>>,
}

impl Pool {
    /// Nothing is started yet.
    ///
    /// # Errors
    /// This machine gives no threads.
    pub fn new(programs: Programs) -> Result<Pool, String> {
        let runtime = Runtime::new().map_err(|trouble| trouble.to_string())?;
        Ok(Pool {
            programs,
            runtime: Arc::new(runtime),
            driver: Arc::default(),
            idle: Arc::default(),
            all: Arc::default(),
        })
    }

    /// Does `work` at a browser that looks as if nobody had used it.
    ///
    /// # Errors
    /// What `work` found, or why there is no browser.
    pub fn with<T>(
        &self,
        work: impl AsyncFnOnce(&Person) -> Result<T, String>,
    ) -> Result<T, String> {
        self.runtime.block_on(async {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let person = match idle {
                Some(person) => person,
                None => self.open().await?,
            };
            person.sits_down().await?;
            let outcome = work(&person).await;
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(person);
            outcome
        })
    }

    async fn open(&self) -> Result<Person, String> {
        let driver = self.driver.get_or_try_init(|| Driver::start(&self.programs)).await?;
        let person = Person {
            client: driver.open().await?,
        };
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(person.clone());
        Ok(person)
    }

    /// Closes all browsers. A driver that ends before them leaves them behind.
    pub fn close(&self) {
        let all = std::mem::take(&mut *self.all.lock().unwrap_or_else(PoisonError::into_inner));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.runtime.block_on(async {
            for person in all {
                // One that has crashed is closed already.
                let _ = person.client.close().await;
            }
        });
    }
}
