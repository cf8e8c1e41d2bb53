//! Programs with an end: each is waited for a limited time, and none outlives its test.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// For everything but real data.
const LIMIT: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(5);

pub struct Running {
    guarded: Guarded,
    command: String,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// A child that is killed when nobody waits for it any more.
struct Guarded(Child);

pub struct Finished {
    /// None if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    /// The most memory that it had, in MiB.
    pub peak: u64,
}

impl Finished {
    /// Everything that was said.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Running {
    pub fn start(mut command: Command) -> Running {
        command.stdin(Stdio::null());
        Running::spawn(command)
    }

    /// With what it reads from stdin.
    pub fn start_with(mut command: Command, input: &str) -> Running {
        command.stdin(Stdio::piped());
        let mut running = Running::spawn(command);
        let mut stdin = running.guarded.0.stdin.take().unwrap();
        let input = input.to_owned();
        // Beside what it says; a program may end before it has read all.
        thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        running
    }

    fn spawn(mut command: Command) -> Running {
        let name = format!("{command:?}");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|e| panic!("cannot start {name}: {e}"));
        let stdout = reader(child.stdout.take().unwrap());
        let stderr = reader(child.stderr.take().unwrap());
        Running { guarded: Guarded(child), command: name, stdout, stderr }
    }

    pub fn has_ended(&mut self) -> bool {
        self.guarded.0.try_wait().unwrap().is_some()
    }

    pub fn id(&self) -> u32 {
        self.guarded.0.id()
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.guarded.0.kill().unwrap();
        self.guarded.0.wait().unwrap();
    }

    pub fn finish_within(mut self, limit: Duration) -> Finished {
        let (status, peak) = self.guarded.wait(limit, &self.command);
        Finished {
            code: status.code(),
            stdout: self.stdout.join().unwrap(),
            stderr: self.stderr.join().unwrap(),
            peak: peak >> 10,
        }
    }

    pub fn finish(self) -> Finished {
        self.finish_within(LIMIT)
    }
}

/// Sends a signal to a process; false if there is none of this number.
pub fn signal(pid: u32, signal: i32) -> bool {
    // SAFETY: the call takes two numbers and touches nothing of ours.
    unsafe { libc::kill(pid.try_into().unwrap(), signal) == 0 }
}

/// Whether a process runs; one that has ended and waits for its parent does not.
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

impl Guarded {
    /// How it ended, and the most memory that it was seen to have, in KiB.
    fn wait(&mut self, limit: Duration, command: &str) -> (ExitStatus, u64) {
        let start = Instant::now();
        let mut peak = 0;
        loop {
            peak = peak.max(peak_memory(self.0.id()).unwrap_or(0));
            if let Some(status) = self.0.try_wait().unwrap() {
                return (status, peak);
            }
            assert!(start.elapsed() < limit, "{command} takes more than {limit:?}");
            sleep(GLANCE);
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Both fail where it has ended, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not `getrusage`, whose figure for a child begins with what its parent had.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn reader(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        // An export may be Parquet.
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

pub fn run(command: Command) -> Finished {
    Running::start(command).finish()
}

/// Runs a program that must succeed and gives what it printed.
pub fn succeed(command: Command) -> String {
    let name = format!("{command:?}");
    let finished = run(command);
    assert_eq!(finished.code, Some(0), "{name}:\n{}", finished.said());
    finished.stdout
}
