//! Where an attack plays: the pair, the people, and what has been told so far.

use std::sync::{Arc, Mutex, PoisonError};

use crate::tale::{Line, Message};
use crate::who::Who;
use kit::browser::PLAYED;
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::{Answer, Process, Request, Target, Verdict};
use serde_json::Value;

/// The pair under attack and the tale so far. Clones share the tale.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The pair under attack.
    pub target: Target,
    tale: Arc<Mutex<Vec<Line>>>,
    kept: Arc<Mutex<Vec<Process>>>,
}

impl Scene {
    /// An empty tale on this target.
    pub fn new(target: Target) -> Self {
        Scene {
            target,
            tale: Arc::default(),
            kept: Arc::default(),
        }
    }

    /// The same tale, played on another pair.
    pub fn on(&self, target: Target) -> Scene {
        Scene {
            target,
            ..self.clone()
        }
    }

    /// Lets a process live as long as the scene.
    pub fn keep(&self, process: Process) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    }

    /// What has been told so far.
    pub fn tale(&self) -> Vec<Line> {
        self.tale.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a new part.
    pub fn heading(&self, text: &str) {
        self.add(Line::Heading(text.to_owned()));
    }

    /// Tells something that is no message.
    pub fn aside(&self, text: impl Into<String>) {
        self.add(Line::Aside(text.into()));
    }

    /// Tells a message. It is for people who send by themselves; others use [`Scene::send`].
    pub fn tell(&self, from: Who, answer: &Answer, meaning: impl Into<String>) {
        let to = self.receiver(&answer.request.url);
        self.add(Line::Message(Box::new(Message {
            target: self.target.clone(),
            from,
            to,
            answer: answer.clone(),
            meaning: meaning.into(),
        })));
    }

    fn add(&self, line: Line) {
        self.tale.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Whose address is this? What belongs to neither process is the attacker's.
    pub fn receiver(&self, url: &str) -> Who {
        if origin(url) == origin(&self.target.server) {
            Who::Server
        } else if self.target.client.as_deref().is_some_and(|client| origin(client) == origin(url))
        {
            Who::Client
        } else {
            Who::Attacker
        }
    }

    /// Can the pair that is attacked do this?
    pub fn has(&self, capability: Capability) -> bool {
        self.target.has(capability)
    }

    /// The number of the version: 3 for v03.
    pub fn version(&self) -> u8 {
        self.target.version
    }

    /// The URL of a path of the client.
    ///
    /// # Errors
    /// Skipped when no client runs.
    pub fn client(&self, path: &str) -> Result<String, Verdict> {
        let client = self.target.client.as_ref();
        let client = client.ok_or_else(|| Verdict::skipped("a running client"))?;
        Ok(format!("{client}{path}"))
    }

    /// Sends a request without cookies, as a program would, and tells it.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn send(
        &self,
        from: Who,
        request: Request,
        meaning: impl Into<String>,
    ) -> Result<Answer, Verdict> {
        let request = request.header(PLAYED, from.lane());
        let answer = self.target.http.send(request).await?;
        self.tell(from, &answer, meaning);
        Ok(answer)
    }

    /// Sends the same request many times at the same moment. Whoever plays tells what matters of the answers.
    ///
    /// # Errors
    /// One of them got no whole answer.
    pub async fn at_once(
        &self,
        from: Who,
        request: Request,
        times: usize,
    ) -> Result<Vec<Answer>, Verdict> {
        let request = request.header(PLAYED, from.lane());
        self.target.http.at_once(&request, times).await
    }

    /// What a thief of the server's memory holds: its tables. The lab's `/debug/state` stands for the stolen copy.
    ///
    /// # Errors
    /// The server does not show its memory.
    pub async fn stolen_copy(&self) -> Result<Answer, Verdict> {
        let request = Request::get(self.target.url("/debug/state?format=json"));
        let meaning = "This page stands for a stolen backup: it is what S stores.";
        let dump = self.send(Who::Attacker, request, meaning).await?;
        dump.must_be(200)?;
        Ok(dump)
    }

    /// The row of a code in the server's `/debug/state`. It is evidence, and nothing that an attacker reads.
    ///
    /// # Errors
    /// There is no such row.
    pub async fn code_row(&self, code: &str) -> Result<Value, Verdict> {
        let row = self.target.storage().await?["authorization_codes"][self.target.key(code)].take();
        if row.is_object() {
            return Ok(row);
        }
        Err(Verdict::failed("GET /debug/state", "a row for this code", row.to_string()))
    }

    /// Whose code is it, according to the server?
    ///
    /// # Errors
    /// The server does not know the code.
    pub async fn owner_of(&self, code: &str) -> Result<String, Verdict> {
        Ok(self.code_row(code).await?["user_id"].as_str().unwrap_or_default().to_owned())
    }
}
