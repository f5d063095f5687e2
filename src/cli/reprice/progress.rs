//! How far a log was read, on a terminal; and an interrupt that ends the reading, not the program.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Result;
use cogdex::reprice::ReadProgress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Exit;

/// How often a bar is drawn anew: often enough to look alive, too seldom to cost anything.
const PACE: Duration = Duration::from_millis(200);

/// A bar that goes when it is dropped.
pub(super) struct ReadingBar {
    end: Option<Sender<()>>,
    drawing: Option<std::thread::JoinHandle<()>>,
}

impl Drop for ReadingBar {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(drawing) = self.drawing.take() {
            drop(drawing.join());
        }
    }
}

/// Shows the reading on stderr, if that is a terminal.
pub(super) fn show(watch: &Arc<ReadProgress>, quiet: bool) -> Option<ReadingBar> {
    if quiet || !std::io::stderr().is_terminal() {
        return None;
    }
    let (end, ended) = channel::<()>();
    let watch = Arc::clone(watch);
    let drawing = std::thread::spawn(move || {
        let start = Instant::now();
        let (bar, form) = match watch.expected() {
            Some(bytes) => (ProgressBar::new(bytes), "{bar:24} {percent:>3}%  {msg}, {eta} left"),
            None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
        };
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        while ended.recv_timeout(PACE) == Err(RecvTimeoutError::Timeout) {
            let passed_ms = start.elapsed().as_millis().max(1);
            let rate = u128::from(watch.rows()) * 1000 / passed_ms;
            bar.set_message(format!("{} rows, {rate} rows/s", watch.rows()));
            bar.set_position(watch.bytes());
            bar.tick();
        }
        bar.finish_and_clear();
    });
    Some(ReadingBar { end: Some(end), drawing: Some(drawing) })
}

/// From here on, an interrupt asks the reader to end, and a second one ends the program.
pub(super) fn stop_on_interrupt(watch: &Arc<ReadProgress>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let watch = Arc::clone(watch);
    let (ready, is_ready) = channel::<()>();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let interrupt = tokio::signal::ctrl_c();
            let told = ready.send(());
            debug_assert!(told.is_ok(), "it is waited for");
            if interrupt.await.is_ok() {
                watch.stop();
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                end_at_once();
            }
        });
    });
    Ok(is_ready.recv()?)
}

#[expect(clippy::exit, reason = "who interrupts twice waits for nothing, not even for an answer")]
fn end_at_once() {
    std::process::exit(Exit::Unsure.code().into());
}
