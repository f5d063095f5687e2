//! Every fault of the mock is named, and nothing else is.

use cogdex::mock::Fault;

use super::{Bench, base};
use crate::served::Mock;

/// What a probe must say of a fault.
#[derive(Debug, PartialEq)]
enum Named {
    Broken,
    Inconclusive,
    Nothing,
}

/// What each fault is called, at an endpoint that answers at once and at one with tasks.
fn named(fault: Fault) -> (Named, Named) {
    use Named::{Broken, Inconclusive, Nothing};
    match fault {
        Fault::UnknownStatus => (Nothing, Broken),
        // A limit that no clause calls retryable is not tried again: of these two the tasks' has none.
        Fault::TaskFails | Fault::TaskNeverEnds | Fault::RateLimitRetryAfter => {
            (Nothing, Inconclusive)
        }
        // No source says where the image of a task stands, so that nothing is promised of a link.
        Fault::DeadLink | Fault::HtmlLink => (Broken, Inconclusive),
        Fault::RateLimit
        | Fault::NoFunds
        | Fault::ErrorAfterGenerating
        | Fault::Hang
        | Fault::EndlessBody
        | Fault::Reset => (Inconclusive, Inconclusive),
        Fault::KeyEcho => (Nothing, Nothing),
        _ => (Broken, Broken),
    }
}

/// Runs both small contracts under one fault and holds what is said against what must be.
fn matrix(faults: &[Fault], timeout: &str, limit: &str) {
    for &fault in faults {
        for (provider, wanted) in [("p", named(fault).0), ("q", named(fault).1)] {
            let bench = Bench::small();
            let mock = Mock::small(&["--fault", fault.name()]);
            let times = ["--timeout", timeout, "--task-timeout", "1s", "--spend-limit", limit];
            let listing = format!("{provider}/l");
            let seen =
                bench.run(&base(&mock, provider), &[&[listing.as_str()], &times[..]].concat());
            let bad = [seen.with("broken"), seen.with("looser")].concat();
            let unclear = seen.with("inconclusive");
            let about = format!("{fault} at {provider}: {bad:?} {unclear:?}");
            match wanted {
                Named::Broken => assert!(!bad.is_empty() && seen.code == 1, "{about}"),
                Named::Inconclusive => {
                    assert!(bad.is_empty() && !unclear.is_empty() && seen.code == 3, "{about}");
                }
                Named::Nothing => {
                    assert!(bad.is_empty() && unclear.is_empty() && seen.code == 0, "{about}");
                }
            }
        }
    }
}

/// Faults that hold an answer up need no long wait; the others get all the time they want.
const SLOW: [Fault; 3] = [Fault::Hang, Fault::EndlessBody, Fault::GzipBomb];

#[test]
fn each_fault_is_named_and_only_what_cannot_be_told_is_inconclusive() {
    let quick: Vec<_> = Fault::ALL.iter().copied().filter(|fault| !SLOW.contains(fault)).collect();
    matrix(&quick, "20s", "9 USD");
}

#[test]
fn an_answer_that_never_comes_or_never_ends_is_inconclusive() {
    matrix(&[Fault::Hang, Fault::EndlessBody], "200ms", "0.03 USD");
}

#[test]
fn a_packed_bomb_is_an_answer_that_is_too_large() {
    matrix(&[Fault::GzipBomb], "60s", "0.01 USD");
}

#[test]
fn real_contracts_name_the_faults_of_an_image() {
    for (fault, listing, check) in [
        ("wrong-size", "bigmodel/cogview-4-250304", "default-size"),
        ("wrong-size", "bigmodel/cogview-4-250304", "sizes"),
        ("wrong-size", "apiin/cogview-4", "size.768x1344"),
        ("dead-link", "zai/cogview-4-250304", "image.plain"),
        ("html-link", "aigateway/cogview4", "image.plain"),
        ("missing-field", "wavespeed/cogview-4", "answer.task-id"),
        ("wrong-type", "fal/cogview4", "accepted"),
        ("accepts-any-key", "302ai/cogview-4", "auth.wrong-key"),
    ] {
        let (bench, mock) = (Bench::new(), Mock::start(&["--fault", fault]));
        let provider = listing.split('/').next().unwrap();
        let price = format!("{listing}=0.01 USD");
        let seen = bench.run(
            &base(&mock, provider),
            &[listing, "--spend-limit", "9 USD", "--assume-price", &price],
        );
        let check = if check == "accepted" {
            let broken = seen.with("broken");
            assert!(broken.iter().any(|id| id.starts_with("answer.")), "{fault}: {broken:?}");
            continue;
        } else {
            seen.check(check)
        };
        assert_eq!(check["verdict"], "broken", "{fault} at {listing}: {check}");
        assert_eq!(seen.code, 1, "{fault} at {listing}");
    }
}
