//! A stream that closes without losing the response. If a server closes while the client is still sending, a TCP
//! reset makes the client discard the unread response. So it closes in two steps: first the sending half, then,
//! after the remaining input was read and discarded, up to a size and a time.
//!
//! The stream also fails if the client does not read what is written to it.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::activity::Activity;

/// How much and how long a client may keep sending after the response.
const MAX_DISCARDED_BYTES: usize = 64 << 20;
const MAX_LINGER: Duration = Duration::from_secs(10);
const MAX_PAUSE: Duration = Duration::from_secs(2);
const CHUNK: usize = 16 << 10;

pub struct LingeringStream<S> {
    inner: S,
    activity: Arc<Activity>,
    stall_timeout: Duration,
    /// Runs while a write waits for the client.
    write_timer: Option<Pin<Box<Sleep>>>,
    closing: Closing,
}

enum Closing {
    No,
    /// The sending half is closed.
    Discarding {
        end: Instant,
        pause: Pin<Box<Sleep>>,
        remaining_bytes: usize,
    },
    Done,
}

impl<S> LingeringStream<S> {
    pub fn new(inner: S, activity: Arc<Activity>, stall_timeout: Duration) -> LingeringStream<S> {
        LingeringStream { inner, activity, stall_timeout, write_timer: None, closing: Closing::No }
    }

    /// Records a finished write. Fails if a pending one has waited too long.
    fn track_write(
        &mut self,
        cx: &mut Context<'_>,
        write: Poll<Result<usize>>,
    ) -> Poll<Result<usize>> {
        if let Poll::Ready(result) = write {
            self.write_timer = None;
            if let Ok(bytes) = result {
                self.activity.record_write(bytes);
            }
            return Poll::Ready(result);
        }
        let timeout = self.stall_timeout;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LingeringStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> LingeringStream<S> {
    /// Reads until the client closes its half or exceeds a limit.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut chunk = [0; CHUNK];
        loop {
            let Closing::Discarding { end, pause, remaining_bytes } = &mut self.closing else {
                return Poll::Ready(());
            };
            let mut buffer = ReadBuf::new(&mut chunk);
            match Pin::new(&mut self.inner).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    *remaining_bytes = remaining_bytes.saturating_sub(buffer.filled().len());
                    let now = Instant::now();
                    if *remaining_bytes == 0 || now >= *end {
                        return Poll::Ready(());
                    }
                    pause.as_mut().reset((now + MAX_PAUSE).min(*end));
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return pause.as_mut().poll(cx),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for LingeringStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let write = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.track_write(cx, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let write = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.track_write(cx, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let write = Pin::new(&mut self.inner).poll_flush(cx).map_ok(|()| 0);
        self.track_write(cx, write).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if matches!(self.closing, Closing::No) {
            let write = Pin::new(&mut self.inner).poll_shutdown(cx).map_ok(|()| 0);
            ready!(self.track_write(cx, write))?;
            let pause = Box::pin(sleep(MAX_PAUSE));
            let end = Instant::now() + MAX_LINGER;
            self.closing = Closing::Discarding { end, pause, remaining_bytes: MAX_DISCARDED_BYTES };
        }
        ready!(self.poll_discard(cx));
        self.closing = Closing::Done;
        Poll::Ready(Ok(()))
    }
}
