//! One door for everything a person reads: results to standard output, progress and diagnostics to standard error.

use super::Failure;
use crate::engine::context::Operator;
use crate::engine::events::{Event, Listener};
use crate::model::verdict::Verdict;
use crate::report::terminal::Layout;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Decides once what the streams can show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    colour: bool,
    progress: bool,
}

impl Printer {
    /// Looks at the streams and the environment: `NO_COLOR`, `CI`, a dumb terminal and anything but a terminal get plain
    /// text.
    pub(crate) fn new() -> Printer {
        let pipeline = std::env::var_os("CI").is_some();
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|kind| kind == "dumb");
        let printer = Printer {
            colour: std::io::stdout().is_terminal() && !no_colour && !pipeline && !dumb,
            progress: std::io::stderr().is_terminal() && !pipeline,
        };
        colored::control::set_override(printer.colour);
        printer
    }

    /// How a summary is laid out.
    pub(crate) fn layout(&self) -> Layout {
        Layout { colour: self.colour, ..Layout::default() }
    }

    /// Prints a result that stands elsewhere too, or can be had again: what cannot be written is no mistake of ours.
    pub(crate) fn print(&self, text: &str) {
        let _ = self.hand_over(text);
    }

    /// Prints a result that is nowhere else. A closed pipe is no mistake: nobody wants it.
    ///
    /// # Errors
    /// It could not be written, such as on a full disk.
    pub(crate) fn hand_over(&self, text: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let written =
            out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush());
        written.or_else(|error| if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
    }

    /// Prints what was asked for and is nowhere else.
    ///
    /// # Errors
    /// It could not be written whole: half of it would be taken for all.
    pub(crate) fn give(&self, text: &str) -> Result<(), Failure> {
        self.hand_over(text).map_err(|error| Failure::Usage(format!("standard output could not be written: {error}")))
    }

    /// Says something beside the result.
    pub(crate) fn say(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Says what is wrong.
    pub(crate) fn error(&self, text: &str) {
        let text = if text.contains("error:") { text.to_owned() } else { format!("error: {text}") };
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Progress of a run.
    pub(crate) fn progress(&self) -> Arc<Progress> {
        let target = if self.progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} tests  {msg}") {
            bar.set_style(style);
        }
        Arc::new(Progress { bar, plain: !self.progress, failed: AtomicUsize::new(0), done: AtomicUsize::new(0) })
    }

    /// Progress of reading, with rate and time left; `total` bytes, where that is known. Packed files hold more.
    pub(crate) fn reading(&self, total: Option<u64>) -> Reading {
        let target = if self.progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {msg}, about {eta} left",
            None => "{spinner} {bytes}, {bytes_per_sec}, {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Reading { bar }
    }

    /// A person to ask, where there is one at a terminal.
    pub(crate) fn operator(&self) -> Option<Arc<dyn Operator>> {
        let asks = self.progress && std::io::stdin().is_terminal();
        asks.then(|| Arc::new(Terminal) as Arc<dyn Operator>)
    }
}

/// Shows how far a run is: a bar on a terminal, a few lines elsewhere.
pub(crate) struct Progress {
    bar: ProgressBar,
    plain: bool,
    failed: AtomicUsize,
    done: AtomicUsize,
}

impl Progress {
    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if self.plain {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }
}

impl Listener for Progress {
    fn on(&self, event: &Event) {
        match event {
            Event::Probing(claim) => self.bar.set_message(format!("asking the product about {claim}")),
            Event::Settled { tests } => {
                self.bar.set_length(u64::try_from(*tests).unwrap_or(0));
                self.line(&format!("running {tests} tests"));
            }
            Event::Finished { id, verdict } => {
                self.done.fetch_add(1, Ordering::Relaxed);
                self.bar.inc(1);
                if *verdict == Verdict::Fail {
                    let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
                    self.bar.set_message(format!("{failed} failed, last {id}"));
                }
            }
            Event::Asking(what) => self.bar.println(format!("operator: {what}")),
        }
    }
}

/// Shows how much of some files is read.
pub(crate) struct Reading {
    bar: ProgressBar,
}

impl Reading {
    /// So many records are done, and so many bytes more.
    pub(crate) fn on(&self, records: u64, bytes: u64) {
        self.bar.set_message(format!("{records} records"));
        self.bar.inc(bytes);
        if self.bar.length().is_some_and(|length| length < self.bar.position()) {
            self.bar.set_length(self.bar.position());
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

struct Terminal;

impl Operator for Terminal {
    fn ask(&self, what: &str) -> bool {
        let mut error = anstream::stderr();
        let _ = write!(error, "\n{what}\nPress Enter when it is done, or type n and Enter when it cannot be done: ");
        let _ = error.flush();
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        matches!(read, Ok(n) if n > 0) && !answer.trim().eq_ignore_ascii_case("n")
    }
}
