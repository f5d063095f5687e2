//! The mock's socket: loopback only, bodies bounded, every fault of delivery done here.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::TcpListener;
use tokio_stream::StreamExt;

use super::fault::Fault;
use super::request::MockRequest;
use super::response::{BodyDelivery, MockResponse};
use super::state::MockState;

/// The longest request body that is read.
const MAX_BODY: usize = 1 << 20;

/// How long a hanging or endless answer is kept up; nothing outlives it.
const MAX_HANG: Duration = Duration::from_mins(10);

/// How the mock serves.
#[derive(Debug, Clone, Copy, Default)]
pub struct MockOptions {
    /// Whether answers take as long as documented.
    pub documented_latency: bool,
    /// When to stop by itself.
    pub stop_after: Option<Duration>,
}

/// Says why the mock does not serve.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// The address is not on this machine alone.
    #[error("the mock serves on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The socket failed.
    #[error("can't serve on {address}")]
    Socket {
        address: SocketAddr,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

/// Serves until it is told to stop, by Ctrl-C or by the time of the options. `made` is given the
/// address that was taken, and makes the state that is served there.
pub async fn serve(
    address: SocketAddr,
    options: MockOptions,
    clock: fn() -> i64,
    made: impl FnOnce(SocketAddr) -> MockState,
) -> Result<(), MockError> {
    if !address.ip().is_loopback() {
        return Err(MockError::NotLoopback(address));
    }
    let fail = |source| MockError::Socket { address, source };
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let state = Arc::new(made(listener.local_addr().map_err(fail)?));
    let served = ServerState { state, options, clock };
    let router = Router::new().fallback(handle).with_state(served);
    let stop = async move {
        let end = tokio::time::sleep(options.stop_after.unwrap_or(Duration::MAX));
        tokio::select! {
            () = end => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    // A hanging answer must not keep a stopped mock alive.
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.map_err(fail),
        () = stop => Ok(()),
    }
}

#[derive(Clone)]
struct ServerState {
    state: Arc<MockState>,
    options: MockOptions,
    clock: fn() -> i64,
}

async fn handle(State(served): State<ServerState>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if parts.method == Method::OPTIONS {
        return with_cors(plain(StatusCode::NO_CONTENT), &parts.headers);
    }
    let body = axum::body::to_bytes(body, MAX_BODY).await.ok();
    let text = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
    let fault = text("x-cogdex-fault").map(|name| name.parse::<Fault>()).transpose();
    let head = parts.method == Method::HEAD;
    let mock_request = MockRequest {
        method: if head { "GET".to_owned() } else { parts.method.as_str().to_owned() },
        path: parts.uri.path().to_owned(),
        is_too_long: body.is_none(),
        no_fault: fault.as_ref().err().cloned(),
        fault: fault.unwrap_or_default(),
        headers: parts.headers.clone(),
        body: body.unwrap_or_default().to_vec(),
        unix_seconds: (served.clock)(),
    };
    if served.options.documented_latency {
        tokio::time::sleep(Duration::from_millis(served.state.latency_ms(&mock_request))).await;
    }
    let state = Arc::clone(&served.state);
    // Drawing a large picture takes a while, and must not hold up the other answers.
    let reply = tokio::task::spawn_blocking(move || state.response(&mock_request)).await;
    let response = match reply {
        Ok(reply) => delivered(reply, head).await,
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    };
    with_cors(response, &parts.headers)
}

/// Lets the page of any origin read an answer, so that a browser's SDK can use the mock.
fn with_cors(mut response: Response<Body>, asked: &HeaderMap) -> Response<Body> {
    let any = HeaderValue::from_static("*");
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, any);
    if let Some(method) = asked.get(header::ACCESS_CONTROL_REQUEST_METHOD) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    }
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

async fn delivered(reply: MockResponse, head: bool) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    let whole = (reply.delivery == BodyDelivery::Whole).then_some(reply.body.len());
    let half = reply.body[..reply.body.len() / 2].to_vec();
    let body = match reply.delivery {
        BodyDelivery::Whole => Body::from(reply.body),
        BodyDelivery::Short => Body::from(half),
        BodyDelivery::Never => {
            tokio::time::sleep(MAX_HANG).await;
            Body::empty()
        }
        BodyDelivery::Cut => {
            let whole = HeaderValue::from(reply.body.len());
            response.headers_mut().insert(header::CONTENT_LENGTH, whole);
            Body::from_stream(cut(half))
        }
        BodyDelivery::Bomb => {
            let gzip = HeaderValue::from_static("gzip");
            response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
            // Packing takes a while: once is enough.
            let bomb = tokio::task::spawn_blocking(|| BOMB.clone()).await;
            Body::from(bomb.unwrap_or_default())
        }
        BodyDelivery::Endless => Body::from_stream(endless(half)),
    };
    if head {
        // The length that the whole answer has; what has no length says none.
        if let Some(whole) = whole {
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
        }
    } else {
        *response.body_mut() = body;
    }
    response
}

/// The beginning of the answer, and an error a moment after the server has asked for more: by then
/// the beginning has left, however busy the machine is.
fn cut(start: Vec<u8>) -> impl tokio_stream::Stream<Item = Result<Bytes, std::io::Error>> {
    let reset = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    tokio_stream::iter([Ok(Bytes::from(start)), reset]).then(|part| async {
        if part.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        part
    })
}

static BOMB: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(bomb()));

/// 256 MiB of nothing, packed.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..256 {
        if encoder.write_all(&zeros).is_err() {
            break;
        }
    }
    encoder.finish().unwrap_or_default()
}

/// The beginning of the answer, and then white space until the client has enough.
fn endless(start: Vec<u8>) -> impl tokio_stream::Stream<Item = Result<Bytes, std::io::Error>> {
    let space = Bytes::from(vec![b' '; 1 << 14]);
    let pause = tokio::time::interval(Duration::from_millis(5));
    let ticks = MAX_HANG.as_millis() / 5;
    let forever = tokio_stream::wrappers::IntervalStream::new(pause);
    let forever = forever.take(usize::try_from(ticks).unwrap_or(usize::MAX));
    tokio_stream::once(Ok(Bytes::from(start))).chain(forever.map(move |_| Ok(space.clone())))
}
