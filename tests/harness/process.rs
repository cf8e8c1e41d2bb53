//! Child processes with a time limit. None outlives its test.

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

/// The default time limit of a child process.
const TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(5);

pub struct ChildProcess {
    child: KillOnDrop,
    command: String,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// Kills the child when dropped.
struct KillOnDrop(Child);

pub struct ProcessOutput {
    /// None if the process was killed by a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    /// Peak memory in MiB.
    pub peak_mib: u64,
}

impl ProcessOutput {
    /// Stdout followed by stderr.
    pub fn all_output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl ChildProcess {
    pub fn start(mut command: Command) -> ChildProcess {
        command.stdin(Stdio::null());
        ChildProcess::spawn(command)
    }

    /// Starts a command that reads `input` from stdin.
    pub fn start_with_input(mut command: Command, input: &str) -> ChildProcess {
        command.stdin(Stdio::piped());
        let mut process = ChildProcess::spawn(command);
        let mut stdin = process.child.0.stdin.take().unwrap();
        let input = input.to_owned();
        // In a thread, as its output has to be read at the same time. Errors are ignored, as a program may
        // exit before it has read everything.
        thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        process
    }

    fn spawn(mut command: Command) -> ChildProcess {
        let name = format!("{command:?}");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|e| panic!("cannot start {name}: {e}"));
        let stdout = read_in_thread(child.stdout.take().unwrap());
        let stderr = read_in_thread(child.stderr.take().unwrap());
        ChildProcess { child: KillOnDrop(child), command: name, stdout, stderr }
    }

    pub fn has_exited(&mut self) -> bool {
        self.child.0.try_wait().unwrap().is_some()
    }

    pub fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// Sends SIGKILL, so the process cannot clean up.
    pub fn kill(mut self) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
    }

    pub fn finish_within(mut self, limit: Duration) -> ProcessOutput {
        let (status, peak_kib) = self.child.wait(limit, &self.command);
        ProcessOutput {
            code: status.code(),
            stdout: self.stdout.join().unwrap(),
            stderr: self.stderr.join().unwrap(),
            peak_mib: peak_kib >> 10,
        }
    }

    pub fn finish(self) -> ProcessOutput {
        self.finish_within(TIMEOUT)
    }
}

/// Sends a signal to a process. Returns false if the process does not exist.
pub fn send_signal(pid: u32, signal: i32) -> bool {
    // SAFETY: the call takes two integers and no pointers.
    unsafe { libc::kill(pid.try_into().unwrap(), signal) == 0 }
}

/// Whether a process is running. A zombie is not.
pub fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

impl KillOnDrop {
    /// Returns the exit status and the highest peak memory seen, in KiB.
    fn wait(&mut self, limit: Duration, command: &str) -> (ExitStatus, u64) {
        let start = Instant::now();
        let mut peak_kib = 0;
        loop {
            peak_kib = peak_kib.max(peak_memory_kib(self.0.id()).unwrap_or(0));
            if let Some(status) = self.0.try_wait().unwrap() {
                return (status, peak_kib);
            }
            assert!(start.elapsed() < limit, "{command} ran longer than {limit:?}");
            sleep(POLL_INTERVAL);
        }
    }
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        // Both fail if the process has exited already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads VmHWM. `getrusage` would start at the memory of the parent at the fork.
fn peak_memory_kib(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn read_in_thread(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        // Lossy, as an export may be Parquet.
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

pub fn run(command: Command) -> ProcessOutput {
    ChildProcess::start(command).finish()
}

/// Runs a program that must succeed and returns its stdout.
pub fn run_ok(command: Command) -> String {
    let name = format!("{command:?}");
    let output = run(command);
    assert_eq!(output.code, Some(0), "{name}:\n{}", output.all_output());
    output.stdout
}
