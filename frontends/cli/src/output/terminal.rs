//! Output of a running command: results go to stdout, everything else to stderr.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use console::Term;
use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;

/// Cheap to clone; the clones share the progress bars.
#[derive(Clone)]
pub struct Terminal {
    bars: MultiProgress,
    /// Progress bars are drawn on a terminal only; other outputs get plain lines.
    is_terminal: bool,
}

impl Terminal {
    pub fn new() -> Terminal {
        let is_terminal = Term::stderr().is_term();
        let target = match is_terminal {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        Terminal { bars: MultiProgress::with_draw_target(target), is_terminal }
    }

    /// Prints lines to stderr, above the progress bars. Control characters are removed because names
    /// from a file may contain anything.
    pub fn message(&self, text: &str) {
        let text = text.split('\n').map(one_line).collect::<Vec<_>>().join("\n");
        // A closed stderr must not stop a load.
        self.bars.suspend(|| drop(writeln!(io::stderr(), "{text}")));
    }

    pub fn warn(&self, text: &str) {
        self.message(&format!("warning: {text}"));
    }

    pub fn error(&self, failure: &Failure) {
        self.message(&format!("error: {failure}"));
    }

    /// Prints a result to stdout. A closed stdout is ignored because a load may have more to do.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        match write_stdout(text.as_bytes()) {
            Err(Failure::StdoutClosed) => Ok(()),
            result => result,
        }
    }

    /// Shows a spinner for a step of unknown duration.
    pub fn start_step(&self, description: impl Into<Cow<'static, str>>) -> Step {
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.set_message(description);
        // Ticking needs a thread, which is wasted where nobody sees the spinner.
        if self.is_terminal {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Step { bar }
    }

    /// Shows the progress through the rows of a table.
    pub fn start_table(&self, name: &'static str, expected: Option<u64>) -> TableProgress {
        let bar = self.bars.add(match expected {
            Some(rows) => ProgressBar::new(rows).with_style(bar_style()),
            None => ProgressBar::new_spinner().with_style(counter_style()),
        });
        bar.set_prefix(name);
        TableProgress { bar, terminal: self.clone(), name }
    }
}

/// Writes a part of a result to stdout. Fails with [`Failure::StdoutClosed`] if the reader has closed
/// it (`| head`), which ends the command.
pub fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::StdoutClosed,
        _ => Failure::Other(format!("cannot write to stdout: {error}")),
    })
}

/// A running step. Its spinner disappears on drop.
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

    /// Removes the progress bar. Prints a line instead if stderr is not a terminal.
    pub fn finish(&self, rows: u64) {
        self.bar.finish_and_clear();
        if !self.terminal.is_terminal && rows > 0 {
            self.terminal.message(&format!("{}: {} rows read", self.name, HumanCount(rows)));
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

fn counter_style() -> ProgressStyle {
    style("{prefix:24} {spinner} {human_pos:>11} rows")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The width of stdout if it is a terminal.
pub fn stdout_width() -> Option<usize> {
    let term = Term::stdout();
    term.is_term().then(|| usize::from(term.size().1))
}

/// Replaces line breaks and control characters by blanks: narratives contain them, and a terminal
/// might interpret them.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
