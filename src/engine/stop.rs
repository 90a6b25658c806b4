//! Ending a run early: Ctrl-C or the time limit. Whatever waits, waits for this too.

use tokio::sync::watch;

/// A signal that can be given once and heard by all.
#[derive(Clone, Debug)]
pub struct Stop {
    sender: watch::Sender<bool>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { sender: watch::channel(false).0 }
    }
}

impl Stop {
    /// Gives the signal.
    pub fn stop(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it was given.
    pub fn stopped(&self) -> bool {
        *self.sender.borrow()
    }

    /// Waits until it is given.
    pub async fn wait(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as `self`, so the wait ends only with the signal.
        let _ = receiver.wait_for(|stopped| *stopped).await;
    }

    /// Gives the signal when somebody asks the program to end: Ctrl-C, or SIGTERM as pipelines do.
    pub async fn on_signal(&self) {
        if asked_to_end().await.is_ok() {
            self.stop();
        }
    }

    /// Runs a future unless the signal comes first.
    pub async fn unless<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.wait() => None,
            done = future => Some(done),
        }
    }
}

/// Waits until somebody asks the program to end.
#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
