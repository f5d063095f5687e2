//! The files of the site: their list is known at once, and each is rendered and compressed when it
//! is first asked for. Bodies are shared by all connections and kept within a bound.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use quick_cache::sync::Cache;
use quick_cache::{OptionsBuilder, Weighter};
use strum::IntoEnumIterator;
use tokio::sync::Semaphore;

use super::error::ApiError;
use super::hex_digest;
use crate::site::{FileKind, SiteError};

/// The address of the console's page, which only the console's own route gives out.
pub(super) const CONSOLE_PAGE: &str = "/console/";

/// The most bytes of bodies that are kept, all encodings together.
const MAX_KEPT_BYTES: u64 = 512 << 20;

/// Smaller bodies gain nothing by being compressed.
const MIN_COMPRESSED_BYTES: usize = 512;

/// A page is compressed while somebody waits for it: a higher quality takes much longer.
const BROTLI_QUALITY: i32 = 5;

/// Files that are rendered at once; more wait, so that other requests find a core.
static RENDERING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

/// The addresses of a site, and the bodies of those that were asked for.
#[derive(Debug)]
pub(super) struct StaticFiles {
    /// Each file's place in the site's list.
    places: HashMap<String, (usize, FileMeta)>,
    kept: Arc<Cache<usize, Arc<CachedResponse>, ByteWeight>>,
}

#[derive(Debug, Clone, Copy)]
struct FileMeta {
    kind: FileKind,
    /// A file that is named by its content never changes.
    is_immutable: bool,
}

#[derive(Debug, Clone)]
struct ByteWeight;

impl Weighter<usize, Arc<CachedResponse>> for ByteWeight {
    fn weight(&self, _: &usize, response: &Arc<CachedResponse>) -> u64 {
        response.bodies.iter().map(|body| body.bytes.len() as u64).sum()
    }
}

impl StaticFiles {
    /// The files of a site by path, in the order of its list.
    pub(super) fn new<'f>(files: impl Iterator<Item = (&'f str, FileKind)>) -> Self {
        let places: HashMap<_, _> = files
            .enumerate()
            .map(|(place, (path, kind))| {
                let is_immutable = path.starts_with("static/");
                (address(path), (place, FileMeta { kind, is_immutable }))
            })
            .collect();
        // In one shard, since a file that is heavier than its shard is not kept at all.
        let options = OptionsBuilder::new()
            .estimated_items_capacity(places.len())
            .weight_capacity(MAX_KEPT_BYTES)
            .shards(1)
            .build();
        let kept = match options {
            Ok(options) => Cache::with_options(
                options,
                ByteWeight,
                quick_cache::DefaultHashBuilder::default(),
                quick_cache::sync::DefaultLifecycle::default(),
            ),
            Err(_) => Cache::with_weighter(places.len(), MAX_KEPT_BYTES, ByteWeight),
        };
        Self { places, kept: Arc::new(kept) }
    }

    /// Whether a file stands at an address; the console's page stands nowhere.
    pub(super) fn contains(&self, address: &str) -> bool {
        address != CONSOLE_PAGE && self.places.contains_key(address)
    }

    /// How many files the site has.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The file at an address; one that is not kept is rendered by its place in the site's list, on
    /// a thread that may take its time.
    pub(super) async fn get(
        &self,
        address: &str,
        render: impl FnOnce(usize) -> Result<Vec<u8>, SiteError> + Send + 'static,
    ) -> Result<Arc<CachedResponse>, ApiError> {
        let (place, meta) = *self.places.get(address).ok_or(ApiError::NotFound)?;
        if let Some(response) = self.kept.get(&place) {
            return Ok(response);
        }
        let _turn = RENDERING.acquire().await.map_err(|_| ApiError::Internal)?;
        let kept = Arc::clone(&self.kept);
        let made = tokio::task::spawn_blocking(move || {
            kept.get_or_insert_with(&place, || {
                Ok::<_, SiteError>(Arc::new(CachedResponse::new(meta, &render(place)?.into())))
            })
        });
        made.await.ok().and_then(Result::ok).ok_or(ApiError::Internal)
    }

    /// How many bytes of bodies are kept.
    pub(super) fn kept_bytes(&self) -> u64 {
        self.kept.weight()
    }
}

/// `/listings/a/b/` for `listings/a/b/index.html`.
fn address(path: &str) -> String {
    format!("/{}", path.strip_suffix("index.html").unwrap_or(path))
}

/// A file in each encoding that makes it smaller; the last is the file as it is.
#[derive(Debug)]
pub(super) struct CachedResponse {
    meta: FileMeta,
    bodies: Vec<EncodedBody>,
}

/// A body in one encoding, with its validator.
#[derive(Debug)]
struct EncodedBody {
    encoding: Encoding,
    bytes: Bytes,
    etag: ETag,
}

/// Encodings in the order in which they are preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
enum Encoding {
    #[strum(to_string = "br")]
    Brotli,
    #[strum(to_string = "gzip")]
    Gzip,
    #[strum(to_string = "identity")]
    Identity,
}

impl CachedResponse {
    fn new(meta: FileMeta, body: &Bytes) -> Self {
        let digest = hex_digest(body, 16);
        let encoded = |encoding: Encoding| {
            let bytes = encoding.encode(body)?;
            let suffix = match encoding {
                Encoding::Identity => "",
                Encoding::Gzip => "-gzip",
                Encoding::Brotli => "-br",
            };
            let etag = format!("\"{digest}{suffix}\"").parse().ok()?;
            Some(EncodedBody { encoding, bytes, etag })
        };
        Self { meta, bodies: Encoding::iter().filter_map(encoded).collect() }
    }

    /// The best body for a request, or that the client holds it already.
    pub(super) fn to_response(&self, request: &HeaderMap) -> Response {
        let Some(body) = self.bodies.iter().find(|body| body.encoding.is_accepted(request)) else {
            return ApiError::Internal.into_response();
        };
        let known = request.typed_get::<IfNoneMatch>();
        let mut response = if known.is_some_and(|known| !known.precondition_passes(&body.etag)) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.whole(body)
        };
        let headers = response.headers_mut();
        headers.typed_insert(body.etag.clone());
        let cache =
            if self.meta.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        // For the count of answers.
        response.extensions_mut().insert(self.meta.kind);
        response
    }

    /// The best body as the page of an error, which no client holds.
    pub(super) fn to_error_page(&self, request: &HeaderMap, status: StatusCode) -> Response {
        let mut response = self.unconditional(request);
        *response.status_mut() = status;
        response.extensions_mut().remove::<FileKind>();
        response
    }

    /// The best body for one client alone, such as a page with a token.
    pub(super) fn to_private_response(&self, request: &HeaderMap) -> Response {
        let mut response = self.unconditional(request);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    fn unconditional(&self, request: &HeaderMap) -> Response {
        let mut request = request.clone();
        request.remove(header::IF_NONE_MATCH);
        let mut response = self.to_response(&request);
        response.headers_mut().remove(header::ETAG);
        response
    }

    fn whole(&self, body: &EncodedBody) -> Response {
        let mut response = Response::new(Body::from(body.bytes.clone()));
        let kind = HeaderValue::from_static(self.meta.kind.content_type());
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if body.encoding != Encoding::Identity {
            let encoding = HeaderValue::from_static(body.encoding.into());
            response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}

impl Encoding {
    /// The body in this encoding; `None` where that gains nothing.
    fn encode(self, body: &Bytes) -> Option<Bytes> {
        if self == Self::Identity {
            return Some(body.clone());
        }
        if body.len() < MIN_COMPRESSED_BYTES {
            return None;
        }
        let mut encoded = Vec::new();
        if self == Self::Gzip {
            let mut gzip = GzEncoder::new(&mut encoded, Compression::default());
            gzip.write_all(body).ok()?;
            gzip.finish().ok()?;
        } else {
            let quality = BROTLI_QUALITY;
            let params = BrotliEncoderParams { quality, ..BrotliEncoderParams::default() };
            brotli::BrotliCompress(&mut &body[..], &mut encoded, &params).ok()?;
        }
        (encoded.len() < body.len()).then(|| encoded.into())
    }

    /// Whether a request names the encoding, with a weight above nothing.
    fn is_accepted(self, request: &HeaderMap) -> bool {
        if self == Self::Identity {
            return true;
        }
        let values = request.get_all(header::ACCEPT_ENCODING).iter();
        values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
            |it| {
                let (name, weight) = it.split_once(';').unwrap_or((it, "q=1"));
                let is_weighted = weight.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
                name.trim().eq_ignore_ascii_case(self.into()) && is_weighted
            },
        )
    }
}
