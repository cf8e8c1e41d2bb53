//! A network between client and server that fails on purpose.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::server::Server;

/// What becomes of a connection.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// It is closed before a byte goes through.
    Refused,
    /// It is cut when this many bytes went to the server.
    CutAfter(usize),
    /// It is cut when the server has answered COMMIT, before the answer arrives.
    CommitUnanswered,
    Whole,
}

pub struct Proxy {
    port: u16,
    seen: Arc<AtomicUsize>,
}

impl Proxy {
    /// Before a server; a fate for each connection, and the last for all that follow.
    pub fn before(server: &Server, fates: &[Fate]) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(AtomicUsize::new(0));
        let (socket, fates, count) = (server.socket(), fates.to_vec(), seen.clone());
        // It ends with the process of the tests.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let at = count.fetch_add(1, Ordering::SeqCst);
                let fate = fates[at.min(fates.len() - 1)];
                if let (false, Ok(server)) =
                    (matches!(fate, Fate::Refused), UnixStream::connect(&socket))
                {
                    join(client, server, fate);
                }
            }
        });
        Proxy { port, seen }
    }

    /// The server as it is seen through this.
    pub fn server(&self, behind: &Server) -> Server {
        behind.at("127.0.0.1", self.port)
    }

    /// How many connections were made.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

fn join(client: TcpStream, server: UnixStream, fate: Fate) {
    let ends = Arc::new((client, server));
    let committing = Arc::new(AtomicBool::new(false));
    let (same_ends, same_committing) = (ends.clone(), committing.clone());
    thread::spawn(move || {
        let _ = ask(&ends.0, &ends.1, fate, &committing);
        cut(&ends);
    });
    thread::spawn(move || {
        let _ = answer(&same_ends.1, &same_ends.0, &same_committing);
        cut(&same_ends);
    });
}

/// Passes on what the client says, up to the end that is meant for it.
fn ask(
    mut client: &TcpStream,
    mut server: &UnixStream,
    fate: Fate,
    committing: &AtomicBool,
) -> io::Result<()> {
    let (mut buffer, mut passed) = ([0; 8192], 0);
    loop {
        let read = client.read(&mut buffer)?;
        passed += read;
        if read == 0 || matches!(fate, Fate::CutAfter(limit) if passed > limit) {
            return Ok(());
        }
        let commits = buffer[..read].windows(7).any(|bytes| bytes == b"COMMIT\0");
        if matches!(fate, Fate::CommitUnanswered) && commits {
            committing.store(true, Ordering::SeqCst);
        }
        server.write_all(&buffer[..read])?;
    }
}

/// Passes on what the server answers, but for the answer to a COMMIT that is not to arrive.
fn answer(
    mut server: &UnixStream,
    mut client: &TcpStream,
    committing: &AtomicBool,
) -> io::Result<()> {
    let mut buffer = [0; 8192];
    loop {
        let read = server.read(&mut buffer)?;
        if read == 0 || committing.load(Ordering::SeqCst) {
            return Ok(());
        }
        client.write_all(&buffer[..read])?;
    }
}

/// Both fail where the other side has gone already.
fn cut((client, server): &(TcpStream, UnixStream)) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
