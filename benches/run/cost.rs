//! What a process takes, as the system counts it (Linux: /proc).

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_dci-conform");

/// What one process took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall: f64,
    pub processor: f64,
    pub megabytes: f64,
    pub code: i32,
}

/// Runs a program and looks on.
pub fn measure(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Cost {
    watch(
        Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )
}

/// Runs a command and looks on.
pub fn watch(command: &mut Command) -> Cost {
    let before = processor_of_children();
    let started = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let watched = child.id();
    // The system keeps the peak itself, as long as the process lives.
    let watcher = std::thread::spawn(move || {
        let mut peak = 0.0;
        while let Some(now) = peak_memory(watched) {
            peak = now;
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    });
    let code = child.wait().ok().and_then(|status| status.code()).unwrap_or(-1);
    let wall = started.elapsed().as_secs_f64();
    let megabytes = watcher.join().unwrap_or(0.0);
    Cost { wall, processor: processor_of_children() - before, megabytes, code }
}

/// Seconds of processor time of all children that have ended, in steps of 10 ms.
fn processor_of_children() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(13) + ticks(14)) / 100.0
}

/// Megabytes of memory at the peak of a living process.
fn peak_memory(process: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1000.0)
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
