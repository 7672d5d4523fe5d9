//! A bar for work that takes longer than two seconds; shorter work shows nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

/// Waits for `work`, and after two seconds shows how much of `total` is `done`.
pub async fn while_working<T>(
    what: &'static str,
    total: u64,
    done: Arc<AtomicU64>,
    work: impl Future<Output = T>,
) -> T {
    let show = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let bar = ProgressBar::new(total).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {human_pos}/{human_len} rows, {eta} left") {
            bar.set_style(style);
        }
        loop {
            bar.set_position(done.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        out = work => out,
        () = show => std::future::pending().await,
    }
}
