//! A proxy between client and server that breaks connections on purpose.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::server::Server;

/// What the proxy does to a connection.
#[derive(Clone, Copy, Debug)]
pub enum ConnectionFault {
    /// Closes it before any byte is forwarded.
    Refuse,
    /// Closes it after the client has sent more than this many bytes.
    CutAfterBytes(usize),
    /// Closes it when the server replies to COMMIT, before the reply reaches the client.
    DropCommitReply,
    /// Forwards everything.
    None,
}

pub struct Proxy {
    port: u16,
    connection_count: Arc<AtomicUsize>,
}

impl Proxy {
    /// Starts a proxy for a server. Connection n gets fault n, and later connections get the last fault.
    pub fn start(server: &Server, faults: &[ConnectionFault]) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connection_count = Arc::new(AtomicUsize::new(0));
        let (socket, faults, count) =
            (server.socket_path(), faults.to_vec(), connection_count.clone());
        // The thread ends with the test process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let at = count.fetch_add(1, Ordering::SeqCst);
                let fault = faults[at.min(faults.len() - 1)];
                if let (false, Ok(server)) =
                    (matches!(fault, ConnectionFault::Refuse), UnixStream::connect(&socket))
                {
                    forward(client, server, fault);
                }
            }
        });
        Proxy { port, connection_count }
    }

    /// The same server, reached through this proxy.
    pub fn proxied_server(&self, server: &Server) -> Server {
        server.with_address("127.0.0.1", self.port)
    }

    /// The number of connections that clients opened.
    pub fn connection_count(&self) -> usize {
        self.connection_count.load(Ordering::SeqCst)
    }
}

fn forward(client: TcpStream, server: UnixStream, fault: ConnectionFault) {
    let streams = Arc::new((client, server));
    let is_committing = Arc::new(AtomicBool::new(false));
    let (reply_streams, replies_to_commit) = (streams.clone(), is_committing.clone());
    thread::spawn(move || {
        let _ = forward_requests(&streams.0, &streams.1, fault, &is_committing);
        close(&streams);
    });
    thread::spawn(move || {
        let _ = forward_replies(&reply_streams.1, &reply_streams.0, &replies_to_commit);
        close(&reply_streams);
    });
}

/// Forwards bytes from the client to the server until the fault occurs.
fn forward_requests(
    mut client: &TcpStream,
    mut server: &UnixStream,
    fault: ConnectionFault,
    is_committing: &AtomicBool,
) -> io::Result<()> {
    let (mut buffer, mut forwarded) = ([0; 8192], 0);
    loop {
        let read = client.read(&mut buffer)?;
        forwarded += read;
        if read == 0 || matches!(fault, ConnectionFault::CutAfterBytes(limit) if forwarded > limit)
        {
            return Ok(());
        }
        let has_commit = buffer[..read].windows(7).any(|bytes| bytes == b"COMMIT\0");
        if matches!(fault, ConnectionFault::DropCommitReply) && has_commit {
            is_committing.store(true, Ordering::SeqCst);
        }
        server.write_all(&buffer[..read])?;
    }
}

/// Forwards bytes from the server to the client, until a reply to COMMIT has to be dropped.
fn forward_replies(
    mut server: &UnixStream,
    mut client: &TcpStream,
    is_committing: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = [0; 8192];
    loop {
        let read = server.read(&mut buffer)?;
        if read == 0 || is_committing.load(Ordering::SeqCst) {
            return Ok(());
        }
        client.write_all(&buffer[..read])?;
    }
}

/// Ignores errors: the peer may have closed the connection already.
fn close((client, server): &(TcpStream, UnixStream)) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
