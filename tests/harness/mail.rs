//! A mail server on the loopback that keeps what it is given.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::listening::Listening;

pub struct MailServer {
    pub address: String,
    mails: Arc<Mutex<Vec<String>>>,
    refuses: Arc<AtomicBool>,
    _listening: Listening,
}

impl MailServer {
    pub fn start() -> MailServer {
        let (mails, refuses) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (taken, refusing) = (Arc::clone(&mails), Arc::clone(&refuses));
        let listening = Listening::start(move |stream| serve(stream, &taken, &refusing));
        MailServer { address: listening.address.clone(), mails, refuses, _listening: listening }
    }

    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// What was taken since last time, headers and text.
    pub fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    mails: &Mutex<Vec<String>>,
    refuses: &AtomicBool,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 made-up\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.split_whitespace().next().unwrap_or_default() {
            "RCPT" if refuses.load(Ordering::SeqCst) => b"451 not now\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                mails.lock().unwrap().push(text(&mut lines)?);
                b"250 taken\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => b"250 well\r\n",
        };
        stream.write_all(answer)?;
    }
}

fn text(lines: &mut impl BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text += &line;
    }
}
