//! Tracks the activity of a connection, so that idle and stalled ones can be closed.

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

/// Fewer bytes do not show that the client reads: the answer to an HTTP/2 ping has 17.
const MIN_PROGRESS_BYTES: usize = 64;
const MAX_CHECK_INTERVAL: Duration = Duration::from_secs(1);

pub struct Activity {
    start: Instant,
    /// When a request or bytes of a response last passed, in milliseconds since `start`.
    last_active_ms: AtomicU64,
    running_requests: AtomicUsize,
    next_id: AtomicU64,
    /// Responses that wait for the client to read, with the time since when.
    unread: Mutex<HashMap<u64, Instant>>,
}

/// One request, until its response has been sent.
pub struct RunningRequest {
    activity: Arc<Activity>,
    id: u64,
}

impl Activity {
    pub fn new() -> Arc<Activity> {
        Arc::new(Activity {
            start: Instant::now(),
            last_active_ms: AtomicU64::new(0),
            running_requests: AtomicUsize::new(0),
            next_id: AtomicU64::new(0),
            unread: Mutex::default(),
        })
    }

    pub fn begin_request(self: &Arc<Activity>) -> RunningRequest {
        self.running_requests.fetch_add(1, Ordering::SeqCst);
        self.touch();
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        RunningRequest { activity: self.clone(), id }
    }

    pub fn record_write(&self, bytes: usize) {
        if bytes >= MIN_PROGRESS_BYTES {
            self.touch();
        }
    }

    fn touch(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_active_ms.store(now, Ordering::SeqCst);
    }

    fn unread(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long no request and no bytes have passed.
    fn idle_time(&self) -> Duration {
        let last_active = Duration::from_millis(self.last_active_ms.load(Ordering::SeqCst));
        self.start.elapsed().saturating_sub(last_active)
    }

    fn is_stalled(&self, timeout: Duration) -> bool {
        self.unread().values().any(|since| since.elapsed() >= timeout)
    }

    /// Returns once there was no request for `idle_timeout`, or a response was not read for `stall_timeout`.
    pub async fn until_idle(&self, idle_timeout: Duration, stall_timeout: Duration) {
        loop {
            let idle_time = self.idle_time();
            let is_idle = self.running_requests.load(Ordering::SeqCst) == 0;
            if (is_idle && idle_time >= idle_timeout) || self.is_stalled(stall_timeout) {
                return;
            }
            let pause =
                if is_idle { idle_timeout.saturating_sub(idle_time) } else { MAX_CHECK_INTERVAL };
            tokio::time::sleep(pause.clamp(Duration::from_millis(10), MAX_CHECK_INTERVAL)).await;
        }
    }
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        self.activity.unread().remove(&self.id);
        self.activity.running_requests.fetch_sub(1, Ordering::SeqCst);
        self.activity.touch();
    }
}

/// A response body that records whether the client reads it.
pub struct TrackedBody {
    inner: UnsyncBoxBody<Bytes, axum::Error>,
    request: RunningRequest,
}

impl TrackedBody {
    pub fn new(body: Body, request: RunningRequest) -> TrackedBody {
        request.activity.unread().insert(request.id, Instant::now());
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
        let mut unread = self.request.activity.unread();
        match polled {
            // The source is slow, not the client.
            Poll::Pending => unread.remove(&self.request.id),
            Poll::Ready(_) => unread.insert(self.request.id, Instant::now()),
        };
        drop(unread);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
