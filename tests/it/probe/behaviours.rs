//! How real endpoints were seen to behave, and what is said of it: which checks break, what could
//! not be told, and the one cause that is named. Each row is a server of its own.

use serde_json::{Value, json};

use super::recorder::Recorder;
use super::{Bench, KEY, Seen};

mod alike;
mod answers;
mod images;
mod refusals;

/// An answer as it goes on the wire.
#[derive(Clone)]
pub(super) struct Answer {
    status: u16,
    /// Each line ends with a line break.
    headers: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

/// What comes of a request.
type Paid = std::sync::Arc<dyn Fn(&str) -> Answer + Send + Sync>;

/// A kind of server: what it does, and what must be said of it.
struct Behaviour {
    name: &'static str,
    /// What strangers get; the refusal that the contract promises, where there is none.
    strangers: Option<Answer>,
    /// What a request with the key gets.
    paid: Paid,
    /// What is behind the link of an image.
    image: Answer,
    /// Every check that is broken.
    broken: &'static [&'static str],
    /// Whether some checks can't be told.
    unclear: bool,
    /// The class of the first cause, and words with which it, or an observation, is told.
    told: (&'static str, &'static str),
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            name: "",
            strangers: None,
            paid: Self::paid(|_| good()),
            image: picture("image/png", png(1024, 1024)),
            broken: &[],
            unclear: false,
            told: ("", ""),
        }
    }
}

impl Behaviour {
    fn paid(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Paid {
        std::sync::Arc::new(answer)
    }

    /// Probes a server that behaves so, with as much money as some requests cost.
    fn probed(&self, limit: &str) -> Seen {
        let (strangers, paid, image) =
            (self.strangers.clone(), self.paid.clone(), self.image.clone());
        let server = Recorder::start(move |request, socket| {
            let own = format!("http://{}/image", socket.local_addr().unwrap());
            let mut answer = if request.starts_with("GET") {
                image.clone()
            } else if request.contains(KEY) {
                paid(request)
            } else {
                let refusal = || json_answer(401, r#"{"error":{"code":"1002","message":"no"}}"#);
                strangers.clone().unwrap_or_else(refusal)
            };
            if let Ok(text) = String::from_utf8(answer.body.clone()) {
                let now = jiff::Timestamp::now().as_second().to_string();
                answer.body = text.replace("@LINK", &own).replace("@NOW", &now).into_bytes();
            }
            answer.write(socket);
        });
        let limits = ["p/l", "--spend-limit", limit, "--timeout", "5s"];
        Bench::small().run(&server.base("p"), &limits)
    }

    /// Probes, and holds what is said against what must be.
    fn holds(&self) {
        let seen = self.probed("0.01 USD");
        let document = seen.document();
        let about = format!("{}: {}", self.name, document["causes"]);
        let ids = |verdict: &str| -> Vec<String> {
            let all = document["checks"].as_array().unwrap().iter();
            let with = all.filter(|check| check["verdict"] == verdict);
            with.map(|check| check["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("broken"), self.broken, "{about}");
        assert_eq!(ids("looser"), Vec::<String>::new(), "{about}");
        assert_eq!(!ids("inconclusive").is_empty(), self.unclear, "{about}");
        let (class, words) = self.told;
        let first = &document["causes"][0];
        assert_eq!(first["class"].as_str().unwrap_or_default(), class, "{about}");
        let told = format!("{first} {}", document["observations"]);
        assert!(told.contains(words), "{about} lacks `{words}`: {told}");
        if !self.broken.is_empty() || self.unclear {
            let causes = document["causes"].as_array().unwrap().len();
            assert_eq!(causes, 1, "one cause is told once: {about}");
        }
        let code = i32::from(!self.broken.is_empty()).max(if self.unclear { 3 } else { 0 });
        assert_eq!(seen.code, if self.broken.is_empty() { code } else { 1 }, "{about}");
    }
}

impl Answer {
    pub(super) fn write(&self, socket: &mut std::net::TcpStream) {
        use std::io::Write;
        let Self { status, headers, kind, body } = self;
        let kind =
            if kind.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\n{kind}{headers}connection: close\r\n");
        let _ = write!(socket, "{head}content-length: {length}\r\n\r\n");
        let _ = socket.write_all(body);
    }
}

/// An answer of JSON; `@LINK` stands for the link of an image, `@NOW` for the time.
fn json_answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: "", kind: "application/json", body: body.as_bytes().to_vec() }
}

fn html(status: u16, headers: &'static str, body: &str) -> Answer {
    Answer { status, headers, kind: "text/html; charset=UTF-8", body: body.as_bytes().to_vec() }
}

pub(super) fn picture(kind: &'static str, body: Vec<u8>) -> Answer {
    Answer { status: 200, headers: "", kind, body }
}

/// What the contract promises.
fn good() -> Answer {
    json_answer(200, r#"{"created":@NOW,"data":[{"url":"@LINK"}]}"#)
}

/// A whole PNG of one colour.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    let size = usize::try_from(width * height).unwrap();
    writer.write_image_data(&vec![128; size]).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The checks of one cause.
fn checks(cause: &Value) -> usize {
    cause["checks"].as_array().unwrap().len()
}

#[test]
fn a_faithful_server_has_no_cause() {
    Behaviour { name: "faithful", ..Behaviour::default() }.holds();
}

#[test]
fn every_report_tells_a_cause_once() {
    let challenge = Behaviour {
        strangers: Some(html(
            403,
            "cf-mitigated: challenge\r\n",
            "<title>Just a moment...</title>",
        )),
        paid: Behaviour::paid(|_| {
            html(403, "cf-mitigated: challenge\r\n", "<title>Just a moment...</title>")
        }),
        ..Behaviour::default()
    };
    let seen = challenge.probed("0.01 USD");
    let document = seen.document();
    assert!(checks(&document["causes"][0]) > 10, "{document}");
    assert_eq!(document["causes"][0]["message"], json!("Just a moment..."));
    assert_eq!(document["causes"][0]["status"], json!(403));
    let server = Recorder::start(|_, socket| {
        html(403, "", "<title>Just a moment...</title>").write(socket);
    });
    let bench = Bench::small();
    let kinds = ["junit", "sarif", "github", "markdown", "prometheus"];
    let targets: Vec<_> =
        kinds.iter().flat_map(|k| ["--report".into(), format!("{k}={}", bench.text(k))]).collect();
    let mut arguments = vec!["p/l", "--spend-limit", "0.01 USD"];
    arguments.extend(targets.iter().map(String::as_str));
    bench.run(&server.base("p"), &arguments);
    for kind in kinds {
        let text = std::fs::read_to_string(bench.path(kind)).unwrap();
        let times = text.matches("Just a moment").count();
        let wanted = usize::from(kind != "prometheus");
        assert_eq!(times, wanted, "{kind}: {text}");
    }
    let gauge = std::fs::read_to_string(bench.path("prometheus")).unwrap();
    let mut series = gauge.lines().filter(|line| line.starts_with("cogdex_cause{"));
    let one = series.next().unwrap();
    assert!(
        one.contains("class=\"not_served\",status=\"403\"") && series.next().is_none(),
        "{one}"
    );
}
