//! Who is connected: a seat for each connection, a bound on their number, and when a silent one loses its seat.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio::time::timeout;

/// While every connection is busy, a new one asks again after this time.
const ASK_AGAIN: Duration = Duration::from_millis(50);

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The time in which the head of a request must have come, from its first byte or from the connection on.
    pub(crate) header: Duration,
    /// The time for which a connection may stand still between two requests, or while it takes an answer.
    pub(crate) idle: Duration,
    /// How many connections there may be at once.
    pub(crate) connections: usize,
}

/// All connections of this process.
#[derive(Debug)]
pub(crate) struct Seats {
    bounds: Bounds,
    taken: Mutex<Vec<Arc<Seat>>>,
    freed: Notify,
}

/// The seat of one connection: what it does, and since when.
#[derive(Debug)]
pub(crate) struct Seat {
    state: Mutex<State>,
    told: Notify,
}

#[derive(Clone, Copy, Debug)]
struct State {
    phase: Phase,
    /// When the phase began.
    since: Instant,
    /// When a byte last came or went.
    progress: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The head of a request is coming.
    Head,
    /// The body of a request is coming. Whoever reads it watches the clock.
    Body,
    /// A route is at work. Nobody takes its connection away.
    Busy,
    /// The answer goes out, or the next request has not begun.
    Waiting,
    /// The process ends: what has begun is finished, nothing more.
    Finishing,
    /// The seat is lost.
    Lost,
}

/// What a connection is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Answer what is under way, then close.
    Finish,
    /// Close now.
    Close,
}

/// A seat that is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) seat: Arc<Seat>,
    seats: Arc<Seats>,
}

impl Seats {
    /// Seats with these bounds. Inside a tokio runtime a task looks for connections whose time is over.
    pub(crate) fn new(bounds: Bounds) -> Arc<Seats> {
        let seats = Arc::new(Seats {
            bounds,
            taken: Mutex::default(),
            freed: Notify::new(),
        });
        let often = (bounds.header.min(bounds.idle) / 8)
            .clamp(Duration::from_millis(10), Duration::from_secs(1));
        let weak = Arc::downgrade(&seats);
        tokio::spawn(async move {
            while let Some(seats) = weak.upgrade() {
                seats.close_silent();
                drop(seats);
                sleep(often).await;
            }
        });
        seats
    }

    /// Waits for a seat. When none is free, the connection that has been silent longest loses its own.
    ///
    /// Whoever sends nothing, half a head or half a body is silent too, so half-open requests never keep others out.
    pub(crate) async fn take(self: &Arc<Seats>) -> Taken {
        loop {
            // Asked for before looking, so that no seat is freed unnoticed in between.
            let freed = self.freed.notified();
            if let Some(seat) = self.free_seat() {
                let seats = self.clone();
                return Taken { seat, seats };
            }
            self.close_most_silent();
            let _ = timeout(ASK_AGAIN, freed).await;
        }
    }

    /// Tells every connection to finish, and waits until they have or `patience` is over.
    pub(crate) async fn finish(&self, patience: Duration) {
        self.taken().iter().for_each(|seat| seat.finish());
        let empty = async {
            loop {
                let freed = self.freed.notified();
                if self.taken().is_empty() {
                    return;
                }
                freed.await;
            }
        };
        let _ = timeout(patience, empty).await;
    }

    /// Closes the connection that has been silent longest, if there is one that is not busy.
    pub(crate) fn close_most_silent(&self) {
        let taken = self.taken();
        let silent = taken.iter().filter_map(|seat| Some((seat.silent_since()?, seat)));
        if let Some((_, seat)) = silent.min_by_key(|(since, _)| *since) {
            seat.close_if(|_| true);
        }
    }

    fn close_silent(&self) {
        let now = Instant::now();
        for seat in self.taken().iter() {
            seat.close_if(|state| state.is_over(now, &self.bounds));
        }
    }

    fn free_seat(&self) -> Option<Arc<Seat>> {
        let mut taken = self.taken();
        (taken.len() < self.bounds.connections.max(1)).then(|| {
            let seat = Arc::new(Seat::new());
            taken.push(seat.clone());
            seat
        })
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Arc<Seat>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(place) = taken.iter().position(|seat| Arc::ptr_eq(seat, &self.seat)) {
            taken.swap_remove(place);
        }
        drop(taken);
        self.seats.freed.notify_waiters();
    }
}

impl State {
    fn is_over(&self, now: Instant, bounds: &Bounds) -> bool {
        match self.phase {
            Phase::Head => now.duration_since(self.since) >= bounds.header,
            Phase::Waiting => now.duration_since(self.progress) >= bounds.idle,
            Phase::Body | Phase::Busy | Phase::Finishing | Phase::Lost => false,
        }
    }
}

impl Seat {
    fn new() -> Seat {
        let now = Instant::now();
        let state = State {
            phase: Phase::Head,
            since: now,
            progress: now,
        };
        Seat {
            state: Mutex::new(state),
            told: Notify::new(),
        }
    }

    /// Bytes came.
    pub(crate) fn came(&self) {
        let now = Instant::now();
        let mut state = self.state();
        state.progress = now;
        if state.phase == Phase::Waiting {
            state.phase = Phase::Head;
            state.since = now;
        }
    }

    /// Bytes went.
    pub(crate) fn went(&self) {
        self.state().progress = Instant::now();
    }

    /// The head of a request is complete, and its body is coming.
    pub(crate) fn reads_body(&self) {
        self.turn(Phase::Body);
    }

    /// A route gets to work. A connection that has just lost its seat does not come back from here.
    pub(crate) async fn works(&self) {
        if !self.turn(Phase::Busy) {
            std::future::pending().await
        }
    }

    /// The route has answered.
    pub(crate) fn answered(&self) {
        self.turn(Phase::Waiting);
    }

    /// Waits for an order.
    pub(crate) async fn order(&self) -> Order {
        self.told.notified().await;
        match self.state().phase {
            Phase::Lost => Order::Close,
            _ => Order::Finish,
        }
    }

    /// Turns to a phase, unless this seat is lost.
    fn turn(&self, phase: Phase) -> bool {
        let mut state = self.state();
        match state.phase {
            Phase::Lost => return false,
            Phase::Finishing => {}
            _ => state.phase = phase,
        }
        state.since = Instant::now();
        true
    }

    /// When a byte last came or went, if this connection can be closed.
    fn silent_since(&self) -> Option<Instant> {
        let state = self.state();
        let silent = matches!(state.phase, Phase::Head | Phase::Body | Phase::Waiting);
        silent.then_some(state.progress)
    }

    fn close_if(&self, over: impl FnOnce(&State) -> bool) {
        let mut state = self.state();
        let silent = matches!(state.phase, Phase::Head | Phase::Body | Phase::Waiting);
        if silent && over(&state) {
            state.phase = Phase::Lost;
            self.told.notify_one();
        }
    }

    fn finish(&self) {
        let mut state = self.state();
        state.phase = match state.phase {
            // Nobody waits for half a request: browsers open connections that they may never use.
            Phase::Head | Phase::Body | Phase::Lost => Phase::Lost,
            Phase::Busy | Phase::Waiting | Phase::Finishing => Phase::Finishing,
        };
        self.told.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(connections: usize) -> Bounds {
        Bounds {
            header: Duration::from_millis(100),
            idle: Duration::from_millis(400),
            connections,
        }
    }

    fn lost(taken: &Taken) -> bool {
        taken.seat.state().phase == Phase::Lost
    }

    #[tokio::test]
    async fn at_the_bound_the_most_silent_loses_its_seat_and_a_busy_one_never() {
        let seats = Seats::new(bounds(3));
        let busy = seats.take().await;
        busy.seat.works().await;
        let half_open = seats.take().await;
        half_open.seat.came();
        let other = seats.take().await;
        other.seat.came();
        assert!(timeout(Duration::from_millis(10), seats.take()).await.is_err());
        assert!(lost(&half_open) && !lost(&other) && !lost(&busy));
        assert!(half_open.seat.order().await == Order::Close);
        drop(half_open);
        let _new = seats.take().await;
        assert_eq!(seats.taken().len(), 3);
    }

    #[tokio::test]
    async fn a_body_that_stands_still_is_silent() {
        let seats = Seats::new(bounds(1));
        let body = seats.take().await;
        body.seat.reads_body();
        seats.close_most_silent();
        assert!(lost(&body));
    }

    #[tokio::test]
    async fn whoever_is_busy_is_waited_for() {
        let seats = Seats::new(bounds(1));
        let busy = seats.take().await;
        busy.seat.works().await;
        assert!(timeout(ASK_AGAIN * 2, seats.take()).await.is_err());
        busy.seat.answered();
        assert!(timeout(ASK_AGAIN * 2, seats.take()).await.is_err());
        assert!(lost(&busy));
    }

    #[test]
    fn a_head_has_its_time_however_slowly_it_drips_and_an_idle_one_its_own() {
        let seat = Seat::new();
        let bounds = bounds(1);
        let begun = seat.state().since;
        let over = |after| seat.state().is_over(begun + Duration::from_millis(after), &bounds);
        assert!(!over(99) && over(100));
        seat.came();
        assert!(over(100), "a byte gives no more time for the head");
        seat.answered();
        assert!(!over(390) && over(500));
        seat.came();
        assert!(over(300), "the next head has begun");
        seat.reads_body();
        assert!(!over(9999));
    }

    #[tokio::test]
    async fn a_lost_seat_starts_no_work() {
        let seats = Seats::new(bounds(1));
        let taken = seats.take().await;
        seats.close_most_silent();
        assert!(timeout(Duration::from_millis(10), taken.seat.works()).await.is_err());
    }

    #[tokio::test]
    async fn the_end_waits_for_what_is_under_way_and_not_for_ever() {
        let seats = Seats::new(bounds(2));
        let taken = seats.take().await;
        taken.seat.works().await;
        let begun = Instant::now();
        seats.finish(Duration::from_millis(50)).await;
        assert!(begun.elapsed() >= Duration::from_millis(50));
        assert_eq!(taken.seat.order().await, Order::Finish);
        drop(taken);
        let half_open = seats.take().await;
        seats.finish(Duration::from_millis(10)).await;
        assert_eq!(half_open.seat.order().await, Order::Close);
        drop(half_open);
        seats.finish(Duration::from_secs(60)).await;
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
