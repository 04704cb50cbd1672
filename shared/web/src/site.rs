//! What happens to every message, from its arrival to its answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::Response;
use hyper::body::Body as HttpBody;
use tower_service::Service;

use crate::body;
use crate::body::Came;
use crate::flow::Noted;
use crate::gate;
use crate::gate::Home;
use crate::limits;
use crate::log;
use crate::pages;
use crate::seats::Seat;
use crate::session;
use crate::sessions::Sessions;

/// What a process answers with. All its connections share one.
pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) debug: bool,
    pub(crate) home: Home,
    pub(crate) sessions: Arc<Sessions>,
    /// The time in which the body of a request must have come.
    pub(crate) body_time: Duration,
}

impl Site {
    /// Reads the body once, tells the log, and lets the bounds and then the routes answer.
    pub(crate) async fn answer<B>(
        &self,
        peer: SocketAddr,
        seat: &Seat,
        request: axum::http::Request<B>,
    ) -> Result<Response, Infallible>
    where
        B: HttpBody<Data = Bytes> + Unpin,
    {
        let (parts, body) = request.into_parts();
        let came = match body.is_end_stream() {
            true => None,
            false => {
                seat.reads_body();
                Some(body::read(body, self.body_time).await)
            }
        };
        seat.works().await;
        let form = came.as_ref().and_then(|came| came.form(&parts.headers));
        let arrival = log::Arrival::of(&parts, form);
        let near = self.debug && gate::is_near(peer, &parts);
        let noted = arrival.told().and_then(|number| Noted::arrived(number, near, &parts, form));
        let watch = noted.as_ref().map(Noted::watch);
        let answer = pages::NEAR.scope(near, self.judge(near, parts, came));
        let mut response = store::watched(watch, answer).await;
        if response.headers().contains_key(LOCATION) {
            pages::protect(response.headers_mut());
        }
        let (response, json) = log::peek(response).await;
        arrival.answered(&response, json.as_deref());
        if let Some(noted) = noted {
            noted.answered(&response, json.as_deref());
        }
        seat.answered();
        Ok(response)
    }

    async fn judge(&self, near: bool, parts: Parts, came: Option<Came>) -> Response {
        if let Some(refusal) = limits::refuse(&parts.uri) {
            return refusal;
        }
        if !near && parts.uri.path().starts_with("/debug") {
            return limits::not_found().await;
        }
        if let Some(way_home) = self.home.lead(&parts) {
            return way_home;
        }
        let slow = matches!(came, Some(Came::TooSlow));
        let mut request = Request::from_parts(parts, Body::empty());
        if let Some(came) = came {
            *request.body_mut() = came.into_body();
            DefaultBodyLimit::max(limits::MAX_BODY).apply(&mut request);
        }
        let answer = self.router.clone().call(request);
        limits::dress(session::around(&self.sessions, answer).await, slow)
    }
}
