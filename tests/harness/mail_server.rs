//! An SMTP server on the loopback address that stores the messages it receives.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::loopback_server::LoopbackServer;

pub struct MailServer {
    pub address: String,
    messages: Arc<Mutex<Vec<String>>>,
    is_refusing: Arc<AtomicBool>,
    _server: LoopbackServer,
}

impl MailServer {
    pub fn start() -> MailServer {
        let messages = Arc::new(Mutex::new(Vec::new()));
        let is_refusing = Arc::new(AtomicBool::new(false));
        let server = LoopbackServer::start({
            let (messages, is_refusing) = (Arc::clone(&messages), Arc::clone(&is_refusing));
            move |stream| serve(stream, &messages, &is_refusing)
        });
        MailServer { address: server.address.clone(), messages, is_refusing, _server: server }
    }

    /// Makes the server reject recipients, or accept them again.
    pub fn set_refusing(&self, is_refusing: bool) {
        self.is_refusing.store(is_refusing, Ordering::SeqCst);
    }

    /// Removes and returns the messages received so far, headers and text.
    pub fn take_messages(&self) -> Vec<String> {
        std::mem::take(&mut *self.messages.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    messages: &Mutex<Vec<String>>,
    is_refusing: &AtomicBool,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 test server\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let reply: &[u8] = match line.split_whitespace().next().unwrap_or_default() {
            "RCPT" if is_refusing.load(Ordering::SeqCst) => b"451 try again later\r\n",
            "DATA" => {
                stream.write_all(b"354 send the message\r\n")?;
                messages.lock().unwrap().push(read_message(&mut lines)?);
                b"250 accepted\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => b"250 ok\r\n",
        };
        stream.write_all(reply)?;
    }
}

fn read_message(lines: &mut impl BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text += &line;
    }
}
