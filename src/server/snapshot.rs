//! A catalog with its site as on one day, and the handle under which it is exchanged as a whole: a
//! request sees one catalog from its beginning to its end. Nothing here knows of routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use jiff::civil::Date;
use self_cell::self_cell;
use tokio::sync::watch;

use super::error::ApiError;
use super::static_files::{CachedResponse, StaticFiles};
use crate::catalog::Catalog;
use crate::pricing::PriceTables;
use crate::site::{ProbeRecords, ServerFeatures, Settings, Site, SiteFile};

/// A catalog and the site of one day that borrows from it.
#[derive(Debug)]
pub struct Snapshot {
    views: SnapshotViews,
    /// The day whose facts count where a question names none.
    pub today: Date,
    /// The offers of the catalog, on any terms.
    pub(super) prices: PriceTables<'static>,
    pub(super) static_files: StaticFiles,
}

#[derive(Debug)]
struct SnapshotData {
    catalog: Arc<Catalog>,
    records: ProbeRecords,
}

#[derive(Debug)]
struct BorrowedSite<'d> {
    site: Site<'d>,
    files: Vec<SiteFile<'d>>,
}

self_cell!(
    struct SnapshotViews {
        owner: SnapshotData,
        #[not_covariant]
        dependent: BorrowedSite,
    }
    impl {Debug}
);

impl Snapshot {
    /// Lists the files of a catalog's site, with what a server adds to it; none is rendered yet.
    pub fn new(
        catalog: Catalog,
        records: ProbeRecords,
        today: Date,
        features: &ServerFeatures,
    ) -> Self {
        let catalog = Arc::new(catalog);
        let prices = PriceTables::new(Arc::clone(&catalog));
        let data = SnapshotData { catalog, records };
        let views = SnapshotViews::new(data, |data| {
            let settings = Settings { as_of: today, served: true };
            let site = Site::with_features(&data.catalog, &data.records, settings, features);
            let files = site.files();
            BorrowedSite { site, files }
        });
        let static_files = views.with_dependent(|_, it| {
            StaticFiles::new(it.files.iter().map(|file| (file.path.as_str(), file.kind)))
        });
        Self { views, today, prices, static_files }
    }

    /// The catalog.
    pub fn catalog(&self) -> &Catalog {
        &self.views.borrow_owner().catalog
    }

    /// The file at an address of the site.
    pub(super) async fn static_file(
        self: &Arc<Self>,
        address: &str,
    ) -> Result<Arc<CachedResponse>, ApiError> {
        let this = Arc::clone(self);
        let render =
            move |place: usize| this.views.with_dependent(|_, it| it.site.render(&it.files[place]));
        self.static_files.get(address, render).await
    }
}

/// A handle to what is served now.
#[derive(Debug, Clone)]
pub struct SharedSnapshot(Arc<SharedState>);

#[derive(Debug)]
struct SharedState {
    current: watch::Sender<Arc<Snapshot>>,
    /// Why what was loaded last is not served.
    findings: watch::Sender<Arc<Vec<String>>>,
    /// How many loads were served, and how many were not.
    reloads: [AtomicU64; 2],
}

impl SharedSnapshot {
    /// Begins with one snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self(Arc::new(SharedState {
            current: watch::Sender::new(Arc::new(snapshot)),
            findings: watch::Sender::default(),
            reloads: Default::default(),
        }))
    }

    /// What is served now.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.0.current.borrow())
    }

    /// Serves another snapshot from the next request on.
    pub fn exchange(&self, snapshot: Snapshot) {
        self.0.current.send_replace(Arc::new(snapshot));
        self.clear_findings();
        self.0.reloads[0].fetch_add(1, Relaxed);
    }

    /// Goes on with what is served, since what was loaded has these findings.
    pub fn refuse(&self, findings: Vec<String>) {
        self.0.findings.send_replace(Arc::new(findings));
        self.0.reloads[1].fetch_add(1, Relaxed);
    }

    /// Forgets findings: what was loaded last is what is served.
    pub(super) fn clear_findings(&self) {
        self.0.findings.send_replace(Arc::default());
    }

    /// Why what was loaded last is not served; empty where it is.
    pub fn findings(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.0.findings.borrow())
    }

    /// How many loads were served, and how many were refused.
    pub(super) fn reloads(&self) -> (u64, u64) {
        let [done, refused] = &self.0.reloads;
        (done.load(Relaxed), refused.load(Relaxed))
    }
}
