//! What the user sees while a command runs: stdout for results, stderr for everything else.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use console::Term;
use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;

/// Cheap to clone; the clones share the screen.
#[derive(Clone)]
pub struct Terminal {
    bars: MultiProgress,
    /// Whether stderr is a screen: bars there, plain lines elsewhere.
    live: bool,
}

impl Terminal {
    pub fn new() -> Terminal {
        let live = Term::stderr().is_term();
        let target = if live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Terminal { bars: MultiProgress::with_draw_target(target), live }
    }

    /// One line or more on stderr, above the bars. Names out of a file may hold anything.
    pub fn line(&self, text: &str) {
        let text = text.split('\n').map(one_line).collect::<Vec<_>>().join("\n");
        // A closed stderr is no reason to stop a load.
        self.bars.suspend(|| drop(writeln!(io::stderr(), "{text}")));
    }

    pub fn warning(&self, text: &str) {
        self.line(&format!("warning: {text}"));
    }

    pub fn failure(&self, failure: &Failure) {
        self.line(&format!("error: {failure}"));
    }

    /// A result on stdout. The command goes on where nobody reads it any more: a load has more to do.
    pub fn result(&self, text: &str) -> Result<(), Failure> {
        match write_stdout(text.as_bytes()) {
            Err(Failure::ReaderGone) => Ok(()),
            done => done,
        }
    }

    /// Shows a step whose length is known only to others.
    pub fn step(&self, what: impl Into<Cow<'static, str>>) -> Step {
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.set_message(what);
        // By a thread, which is for those who look.
        if self.live {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Step { bar }
    }

    /// Shows the rows of a table as they go by.
    pub fn table(&self, name: &'static str, expected: Option<u64>) -> TableProgress {
        let bar = self.bars.add(match expected {
            Some(rows) => ProgressBar::new(rows).with_style(bar_style()),
            None => ProgressBar::new_spinner().with_style(count_style()),
        });
        bar.set_prefix(name);
        TableProgress { bar, terminal: self.clone(), name }
    }
}

/// Writes a part of a result, of which more follows. A reader that has seen enough (`| head`) ends
/// the command.
pub fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Other(format!("cannot write to stdout: {error}")),
    })
}

/// A step under way; gone from the screen when dropped.
pub struct Step {
    bar: ProgressBar,
}

impl Drop for Step {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

pub struct TableProgress {
    bar: ProgressBar,
    terminal: Terminal,
    name: &'static str,
}

impl TableProgress {
    pub fn add(&self, rows: u64) {
        self.bar.inc(rows);
    }

    /// Leaves a line where no bar is seen.
    pub fn done(&self, rows: u64) {
        self.bar.finish_and_clear();
        if !self.terminal.live && rows > 0 {
            self.terminal.line(&format!("{}: {} rows read", self.name, HumanCount(rows)));
        }
    }
}

impl Drop for TableProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn bar_style() -> ProgressStyle {
    style("{prefix:24} {bar:32} {human_pos:>11} of {human_len} rows")
}

fn count_style() -> ProgressStyle {
    style("{prefix:24} {spinner} {human_pos:>11} rows")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The width to which lines are cut; a pipe is not cut.
pub fn stdout_width() -> Option<usize> {
    let term = Term::stdout();
    term.is_term().then(|| usize::from(term.size().1))
}

/// Narratives hold line ends and stray control characters, which a terminal might obey.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
