//! Work shared out among the cores. It knows nothing of the work.

/// Does `work` on a part of the items for each core, and gives what it came to, in the items'
/// order. No part has fewer than `least` items, since a thread has its price.
pub(crate) fn share<'i, T: Sync, R: Send>(
    items: &'i [T],
    least: usize,
    work: impl Fn(&'i [T]) -> R + Sync,
) -> Vec<R> {
    let parts = match items.len() / least {
        0 | 1 => 1,
        // To ask for the number of cores has its price, too: it opens files.
        most => std::thread::available_parallelism().map_or(1, usize::from).min(most),
    };
    std::thread::scope(|scope| {
        let mut chunks = items.chunks(items.len().div_ceil(parts).max(1));
        let first = chunks.next().unwrap_or_default();
        let others: Vec<_> = chunks.map(|part| scope.spawn(|| work(part))).collect();
        let mut results = vec![work(first)];
        // A panic in a worker is a fault of ours, and is passed on as one.
        let joined = others.into_iter().map(std::thread::ScopedJoinHandle::join);
        results.extend(joined.map(|it| it.unwrap_or_else(|p| std::panic::resume_unwind(p))));
        results
    })
}
