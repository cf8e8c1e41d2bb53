//! What a connection is doing, so that one that only holds its place can be ended.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Frame, SizeHint};

/// Fewer bytes are no sign of a client that reads: an HTTP/2 ping is answered by 17.
const LEAST_PROGRESS: usize = 64;
const LONGEST_NAP: Duration = Duration::from_secs(1);

pub struct Activity {
    began: Instant,
    /// When something was asked or written last, in milliseconds since `began`.
    last: AtomicU64,
    requests: AtomicUsize,
    next_body: AtomicU64,
    /// Responses whose next part the client has not asked for since then.
    untaken: Mutex<HashMap<u64, Instant>>,
}

/// Counts one request until its response has gone out.
pub struct Request {
    activity: Arc<Activity>,
    number: u64,
}

impl Activity {
    pub fn new() -> Arc<Activity> {
        Arc::new(Activity {
            began: Instant::now(),
            last: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            next_body: AtomicU64::new(0),
            untaken: Mutex::default(),
        })
    }

    pub fn begin(self: &Arc<Activity>) -> Request {
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.touch();
        let number = self.next_body.fetch_add(1, Ordering::Relaxed);
        Request { activity: self.clone(), number }
    }

    pub fn wrote(&self, bytes: usize) {
        if bytes >= LEAST_PROGRESS {
            self.touch();
        }
    }

    fn touch(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::SeqCst);
    }

    fn untaken(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.untaken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long nothing has been asked or written.
    fn quiet(&self) -> Duration {
        let last = Duration::from_millis(self.last.load(Ordering::SeqCst));
        self.began.elapsed().saturating_sub(last)
    }

    fn is_stalled(&self, stall: Duration) -> bool {
        self.untaken().values().any(|since| since.elapsed() >= stall)
    }

    /// Ends when nothing was asked for `patience`, or a response was not read for `stall`.
    pub async fn until_idle(&self, patience: Duration, stall: Duration) {
        loop {
            let quiet = self.quiet();
            let is_waiting = self.requests.load(Ordering::SeqCst) == 0;
            if (is_waiting && quiet >= patience) || self.is_stalled(stall) {
                return;
            }
            let nap = if is_waiting { patience.saturating_sub(quiet) } else { LONGEST_NAP };
            tokio::time::sleep(nap.clamp(Duration::from_millis(10), LONGEST_NAP)).await;
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.activity.untaken().remove(&self.number);
        self.activity.requests.fetch_sub(1, Ordering::SeqCst);
        self.activity.touch();
    }
}

/// A response's body that notes whether the client asks for the next part.
pub struct TrackedBody {
    inner: UnsyncBoxBody<Bytes, axum::Error>,
    request: Request,
}

impl TrackedBody {
    pub fn new(body: Body, request: Request) -> TrackedBody {
        request.activity.untaken().insert(request.number, Instant::now());
        TrackedBody { inner: UnsyncBoxBody::new(body), request }
    }
}

impl hyper::body::Body for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        let mut untaken = self.request.activity.untaken();
        match polled {
            // The source is slow, not the client.
            Poll::Pending => untaken.remove(&self.request.number),
            Poll::Ready(_) => untaken.insert(self.request.number, Instant::now()),
        };
        drop(untaken);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
