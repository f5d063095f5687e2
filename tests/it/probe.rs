//! Probes through the binary, against mocks and rude servers on loopback.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::served::{Mock, write_catalog};
use crate::support::root;

mod behaviours;
mod beside;
mod concurrency;
mod connections;
mod drift;
mod exits;
mod faults;
mod hostile;
mod keys;
mod latency;
mod lawful;
mod ledger;
mod links;
mod memory;
mod money;
mod paid_part;
mod pictures;
mod plan;
mod progress;
mod record;
mod recorder;
mod replay;
mod rules;
mod secure;
mod several;
mod signed_links;
mod stopped;
mod tasks;
mod tls;
mod truth;
mod workflow;

/// Long enough to be found by its value alone; the mock knows it by the `mock` in it.
const KEY: &str = "mock-7f3a9c+E5b/2Qd8=xW41";

/// The variable that holds the key, unless a test says otherwise.
const VARIABLE: &str = "COGDEX_TEST_KEY";

/// A folder with a history file of its own, and perhaps a catalog.
struct Bench {
    folder: tempfile::TempDir,
    catalog: Option<PathBuf>,
}

/// What a run left behind.
struct Seen {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Bench {
    /// For the built-in catalog.
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), catalog: None }
    }

    /// For the two small contracts, `p/l` at once and `q/l` with tasks.
    fn small() -> Self {
        let mut bench = Self::new();
        let catalog = bench.path("catalog");
        write_catalog(&catalog);
        bench.catalog = Some(catalog);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// The program without anything of a provider: no address, no key.
    fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cogdex"));
        command.current_dir(root()).env_clear().env("HOME", self.folder.path());
        if let Some(catalog) = &self.catalog {
            command.arg("--catalog").arg(catalog);
        }
        command.args(["--format", "json", "probe", "--history"]).arg(self.path("h.sqlite"));
        command.args(["--poll-interval", "10ms"]);
        command.args(arguments);
        command
    }

    /// The program with a key, speaking to an address.
    fn command(&self, base: &str, arguments: &[&str]) -> Command {
        let mut command = self.bare(&["--base-url", base, "--key-env", VARIABLE]);
        command.args(arguments).env(VARIABLE, KEY);
        command
    }

    fn run(&self, base: &str, arguments: &[&str]) -> Seen {
        Seen::of(self.command(base, arguments))
    }

    /// Starts a run and does not wait for its end.
    fn start(&self, base: &str, arguments: &[&str]) -> Child {
        let mut command = self.command(base, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

impl Seen {
    fn of(mut command: Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("it was killed");
        let seen = Self { code, stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(!seen.stderr.contains("panicked"), "{}", seen.stderr);
        seen
    }

    fn document(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|why| panic!("{why}: {} {}", self.stdout, self.stderr))
    }

    /// The names of all checks with a verdict.
    fn with(&self, verdict: &str) -> Vec<String> {
        let document = self.document();
        let checks = document["checks"].as_array().unwrap().iter();
        let with = checks.filter(|check| check["verdict"] == verdict);
        with.map(|check| format!("{}: {}", check["id"].as_str().unwrap(), check["reason"]))
            .collect()
    }

    /// One check.
    fn check(&self, id: &str) -> Value {
        let document = self.document();
        let mut checks = document["checks"].as_array().unwrap().iter();
        let found = checks.find(|check| check["id"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {document}")).clone()
    }

    /// Fails where something is called broken or looser.
    fn all_is_well(&self, about: &str) {
        assert_eq!(self.with("broken"), Vec::<String>::new(), "{about}");
        assert_eq!(self.with("looser"), Vec::<String>::new(), "{about}");
        assert!(!self.with("holds").is_empty(), "{about}");
    }
}

/// How many requests of an endpoint the mock was asked and has billed.
fn counts(mock: &Mock, endpoint: &str) -> (u64, u64) {
    let counts = mock.ask("GET", "/_mock/counts", &[], "").json();
    let of = |what: &str| counts[what][endpoint].as_u64().unwrap_or(0);
    (of("asked"), of("billed"))
}

/// The address of a provider on a mock.
fn base(mock: &Mock, provider: &str) -> String {
    format!("http://{}/{provider}", mock.address)
}

/// Every file of a folder as one heap of bytes.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { bytes_of(&path) } else { std::fs::read(&path).unwrap() });
    }
    all
}
