//! A server that speaks TLS on a free port of loopback, with a certificate made for one test, and
//! remembers what reached it: before the handshake, and after it.

use std::sync::{Arc, Mutex};

use axum::http::{Response, StatusCode};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a server is made of.
pub(super) struct Kind {
    /// Whom the certificate names.
    pub(super) name: &'static str,
    /// The year in which it ends.
    pub(super) ends: i32,
    /// The protocol that is offered after the handshake.
    pub(super) protocol: &'static str,
    /// Whether there is TLS at all.
    pub(super) tls: bool,
}

/// One that a client may speak to, if it knows the certificate.
pub(super) const GOOD: Kind =
    Kind { name: "127.0.0.1", ends: 4000, protocol: "http/1.1", tls: true };

/// What reached a server.
#[derive(Default)]
pub(super) struct Reached {
    /// The first bytes of each connection, as they came.
    pub(super) openings: Vec<Vec<u8>>,
    /// How each handshake failed that did.
    pub(super) failures: Vec<String>,
    /// The version, and all headers, of each request within TLS.
    pub(super) requests: Vec<String>,
}

/// A running server; its thread ends with the tests.
pub(super) struct Secure {
    pub(super) base: String,
    /// The certificate, as a file of authorities has it.
    pub(super) pem: String,
    reached: Arc<Mutex<Reached>>,
}

impl Secure {
    pub(super) fn start(kind: &Kind) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([kind.name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(kind.ends, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        let secret = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder().with_no_client_auth();
        let chain = vec![certificate.der().clone()];
        let mut config = config.with_single_cert(chain, secret.into()).unwrap();
        config.alpn_protocols = vec![kind.protocol.as_bytes().to_vec()];
        let acceptor = kind.tls.then(|| TlsAcceptor::from(Arc::new(config)));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let reached = Arc::<Mutex<Reached>>::default();
        let memory = Arc::clone(&reached);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                listener.set_nonblocking(true).unwrap();
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(serve(socket, acceptor.clone(), Arc::clone(&memory)));
                }
            });
        });
        Self { base, pem: certificate.pem(), reached }
    }

    /// What reached it so far.
    pub(super) fn reached(&self) -> Reached {
        std::mem::take(&mut self.reached.lock().unwrap())
    }
}

/// One connection; whatever is asked is refused.
async fn serve(mut socket: TcpStream, acceptor: Option<TlsAcceptor>, memory: Arc<Mutex<Reached>>) {
    let mut opening = vec![0; 4096];
    let length = socket.peek(&mut opening).await.unwrap_or(0);
    opening.truncate(length);
    memory.lock().unwrap().openings.push(opening);
    let Some(acceptor) = acceptor else {
        let _ = socket.write_all(ANSWER).await;
        return;
    };
    let mut stream = match acceptor.accept(socket).await {
        Ok(stream) => stream,
        Err(why) => return memory.lock().unwrap().failures.push(why.to_string()),
    };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            let text = format!("{:?} {:?}", request.version(), request.headers());
            let (status, code) = refusal(&text);
            let answer = Response::builder().status(status);
            memory.lock().unwrap().requests.push(text);
            let answer = answer.header("content-type", "application/json").body(()).unwrap();
            let mut body = respond.send_response(answer, false).unwrap();
            body.send_data(REFUSAL.replace("1002", code).into(), true).unwrap();
        }
        return;
    }
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
            break;
        }
    }
    let text = String::from_utf8(head).unwrap();
    let answer = String::from_utf8(ANSWER.to_vec()).unwrap();
    let (status, code) = refusal(&text);
    let answer = answer.replacen("401", status.as_str(), 1).replace("1002", code);
    memory.lock().unwrap().requests.push(text);
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// A good key is let in and its request refused, since a refused key would end the paid part.
fn refusal(request: &str) -> (StatusCode, &'static str) {
    if request.contains(super::KEY) {
        (StatusCode::BAD_REQUEST, "1214")
    } else {
        (StatusCode::UNAUTHORIZED, "1002")
    }
}

const REFUSAL: &str = r#"{"error":{"code":"1002"}}"#;

const ANSWER: &[u8] = b"HTTP/1.1 401 No\r\ncontent-type: application/json\r\n\
    connection: close\r\ncontent-length: 25\r\n\r\n{\"error\":{\"code\":\"1002\"}}";
