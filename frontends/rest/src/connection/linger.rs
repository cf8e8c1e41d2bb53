//! A stream whose end loses no response. A server that closes while its client is still sending makes the
//! client's system throw away the response unread (TCP reset). So the end is in two steps: our half is
//! closed, then what still comes is read and discarded, up to a bound and a time.
//!
//! The same stream gives up on a client that does not take what is written to it.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::activity::Activity;

/// How much and how long a client may go on sending after the response.
const MOST_DISCARDED: usize = 64 << 20;
const LONGEST: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const CHUNK: usize = 16 << 10;

pub struct LingeringStream<S> {
    inner: S,
    activity: Arc<Activity>,
    stall: Duration,
    /// Runs while a write waits for the client.
    write_timer: Option<Pin<Box<Sleep>>>,
    closing: Closing,
}

enum Closing {
    No,
    /// Our half is closed.
    Discarding {
        end: Instant,
        pause: Pin<Box<Sleep>>,
        left: usize,
    },
    Done,
}

impl<S> LingeringStream<S> {
    pub fn new(inner: S, activity: Arc<Activity>, stall: Duration) -> LingeringStream<S> {
        LingeringStream { inner, activity, stall, write_timer: None, closing: Closing::No }
    }

    fn written(&mut self, cx: &mut Context<'_>, done: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if let Poll::Ready(result) = done {
            self.write_timer = None;
            if let Ok(bytes) = result {
                self.activity.wrote(bytes);
            }
            return Poll::Ready(result);
        }
        let stall = self.stall;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep(stall)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client takes nothing")))
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
    /// Reads until the client closes its half, too, or has sent too much or too long.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut chunk = [0; CHUNK];
        loop {
            let Closing::Discarding { end, pause, left } = &mut self.closing else {
                return Poll::Ready(());
            };
            let mut buffer = ReadBuf::new(&mut chunk);
            match Pin::new(&mut self.inner).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    *left = left.saturating_sub(buffer.filled().len());
                    let now = Instant::now();
                    if *left == 0 || now >= *end {
                        return Poll::Ready(());
                    }
                    pause.as_mut().reset((now + LONGEST_PAUSE).min(*end));
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
        let done = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.written(cx, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.written(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let done = Pin::new(&mut self.inner).poll_flush(cx).map_ok(|()| 0);
        self.written(cx, done).map_ok(|_| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if matches!(self.closing, Closing::No) {
            let done = Pin::new(&mut self.inner).poll_shutdown(cx).map_ok(|()| 0);
            ready!(self.written(cx, done))?;
            let pause = Box::pin(sleep(LONGEST_PAUSE));
            let end = Instant::now() + LONGEST;
            self.closing = Closing::Discarding { end, pause, left: MOST_DISCARDED };
        }
        ready!(self.poll_discard(cx));
        self.closing = Closing::Done;
        Poll::Ready(Ok(()))
    }
}
