//! Where `verify` has its pages from: saved copies, what was kept of earlier runs, and the net.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, stream};

use super::VerifyArgs;
use crate::cli::now_ms;
use crate::cli::output::Output;
use crate::cli::probe::ProbeProgress;
use cogdex::history::{PageCopy, PageStore};
use cogdex::probe::{Client, Redactor, Trust};
use cogdex::verify::{
    FetchedPage, PageFetcher, PageFormat, PageText, SourceFigures, SourceReport, UnreadableReason,
    page_text,
};

/// What a source is judged by.
pub(super) struct JudgedPage<'c> {
    pub(super) report: SourceReport<'c>,
    /// The page, where it was read.
    pub(super) copy: Option<PageCopy>,
}

impl<'c> JudgedPage<'c> {
    fn new(planned: SourceFigures<'c>, page: Result<FetchedPage, UnreadableReason>) -> Self {
        match page {
            Ok(page) => {
                let text = PageText::from_text(page.copy.text.clone());
                let report = SourceReport::new(planned, Ok(&text)).unchanged(page.is_unchanged);
                Self { report, copy: Some(page.copy) }
            }
            Err(reason) => Self { report: SourceReport::new(planned, Err(reason)), copy: None },
        }
    }
}

/// Judges the sources of which a folder has a copy, and names the others.
pub(super) fn from_folder<'c>(
    folder: &Path,
    planned: Vec<SourceFigures<'c>>,
    output: &mut Output,
) -> Result<Vec<JudgedPage<'c>>> {
    if !folder.is_dir() {
        bail!("there is no folder `{}`", folder.display());
    }
    let (mut judged, mut others) = (Vec::new(), Vec::new());
    for planned in planned {
        let id = &planned.source.id;
        let copies = PageFormat::ENDINGS
            .map(|(ending, format)| (folder.join(format!("{id}.{ending}")), format));
        match copies.iter().find(|(path, _)| path.exists()) {
            Some((path, format)) => {
                let page =
                    saved(path, *format).map(|text| fetched(planned.source.address_read(), text));
                judged.push(JudgedPage::new(planned, page));
            }
            None => others.push(id.as_str()),
        }
    }
    tell("not asked, without a copy", &others, output);
    Ok(judged)
}

/// Judges what was kept of earlier runs.
pub(super) fn from_store<'c>(
    store: &PageStore,
    planned: Vec<SourceFigures<'c>>,
    output: &mut Output,
) -> Result<Vec<JudgedPage<'c>>> {
    let (mut judged, mut others) = (Vec::new(), Vec::new());
    for planned in planned {
        match store.newest(&planned.source.id)? {
            Some(copy) => {
                judged.push(JudgedPage::new(planned, Ok(FetchedPage { copy, is_unchanged: true })));
            }
            None => others.push(planned.source.id.as_str()),
        }
    }
    tell("not asked, since nothing is kept of them", &others, output);
    Ok(judged)
}

fn tell(what: &str, sources: &[&str], output: &mut Output) {
    if !sources.is_empty() {
        output.note(&format!("{what}: {}", sources.join(", ")));
    }
}

fn fetched(address: &str, text: PageText) -> FetchedPage {
    let copy = PageCopy {
        address: address.to_owned(),
        text: text.into_string(),
        read_ms: now_ms(),
        etag: None,
        last_modified: None,
    };
    FetchedPage { copy, is_unchanged: false }
}

/// The text of a saved copy.
fn saved(path: &Path, format: PageFormat) -> Result<PageText, UnreadableReason> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    // One byte more tells that there are more.
    let most = PageText::MAX_BYTES as u64 + 1;
    let read = file.and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|why| UnreadableReason::Copy(why.to_string()))?;
    PageText::read(&bytes, format, None).map_err(UnreadableReason::Fault)
}

/// Reads the pages of all sources that are due.
pub(super) fn from_net<'c>(
    args: &VerifyArgs,
    store: &PageStore,
    planned: Vec<SourceFigures<'c>>,
    (output, quiet): (&mut Output, bool),
) -> Result<Vec<JudgedPage<'c>>> {
    let redactor = Redactor::new(std::iter::empty())?;
    let client = Client::new(redactor, Trust::new(&args.trust_host)?)?;
    let fetcher = PageFetcher::new(&client, args.timeout, args.pause);
    let (mut due, mut others) = (Vec::new(), Vec::new());
    for planned in planned {
        let kept = store.newest(&planned.source.id)?;
        if kept.as_ref().is_some_and(|kept| !is_due(args.due, kept)) {
            others.push(planned.source.id.as_str());
        } else {
            due.push((planned, kept));
        }
    }
    tell("not due", &others, output);
    let progress = ProbeProgress::new(quiet);
    progress.expect(due.len());
    let pages = due.into_iter().map(|(planned, kept)| {
        let (fetcher, progress) = (&fetcher, &progress);
        async move {
            progress.start_request(&planned.source.id, planned.source.address_read());
            let page = read(args, fetcher, &planned, kept.as_ref()).await;
            JudgedPage::new(planned, page)
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let judged = stream::iter(pages).buffered(usize::from(args.concurrency)).collect();
    let judged = runtime.block_on(judged);
    // A browser that hangs is not waited for.
    runtime.shutdown_background();
    progress.end();
    Ok(judged)
}

/// A little before its time, so that a timer that fires early does not skip a turn.
fn is_due(due: Option<Duration>, kept: &PageCopy) -> bool {
    let Some(due) = due else { return true };
    let early = due.saturating_sub(due / 10);
    let age = now_ms().saturating_sub(kept.read_ms);
    // What was read in the future was read nobody knows when.
    age < 0 || u128::try_from(age).is_ok_and(|age| age >= early.as_millis())
}

async fn read(
    args: &VerifyArgs,
    fetcher: &PageFetcher<'_>,
    planned: &SourceFigures<'_>,
    kept: Option<&PageCopy>,
) -> Result<FetchedPage, UnreadableReason> {
    let address = planned.source.address_read().to_owned();
    if !planned.source.browser {
        return fetcher.fetch(&address, kept, now_ms()).await;
    }
    let Some(browser) = args.browser.clone() else { return Err(UnreadableReason::NeedsBrowser) };
    fetcher.check_robots(&address).await?;
    let (timeout, asked) = (args.timeout, address.clone());
    let seen = tokio::task::spawn_blocking(move || browse(&browser, &asked, timeout)).await;
    let page = seen.map_err(|why| UnreadableReason::NoAnswer(why.to_string()))?;
    let page = page.map_err(|why| UnreadableReason::NoAnswer(format!("{why:#}")))?;
    Ok(fetched(&address, page_text(&page, Some("text/html; charset=utf-8"), &address)?))
}

/// What a browser makes of a page, as HTML: chromium's `--dump-dom`, in a profile of its own.
fn browse(browser: &Path, address: &str, timeout: Duration) -> Result<Vec<u8>> {
    let profile = std::env::temp_dir().join(format!("cogdex-browser-{}", std::process::id()));
    let mut child = Command::new(browser)
        .args(["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions"])
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("can't start {}", browser.display()))?;
    let stdout = child.stdout.take().context("the browser has no output")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut page = Vec::new();
        let most = PageText::MAX_BYTES as u64 + 1;
        let read = stdout.take(most).read_to_end(&mut page).map(|_| page);
        sender.send(read)
    });
    let page = receiver.recv_timeout(timeout);
    drop(child.kill());
    drop(child.wait());
    drop(std::fs::remove_dir_all(&profile));
    Ok(page.context("the browser took too long")??)
}
