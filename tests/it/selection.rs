//! Which listings a name stands for: an id, a model, a family, a provider, or a code of the wire,
//! alike in every command.

use serde_json::Value;

use crate::support::{cogdex, json};

/// The ids that `compare --model` takes, sorted.
fn taken(name: &str) -> Vec<String> {
    let document = json(&["compare", "--model", name, "--format", "json", "--as-of", "2026-11-20"]);
    let id = |row: &Value| row["listing"].as_str().unwrap().to_owned();
    let mut ids: Vec<_> = document["rows"].as_array().unwrap().iter().map(id).collect();
    ids.sort();
    ids
}

fn refused(arguments: &[&str]) -> String {
    let output = cogdex(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap().trim_end().to_owned()
}

#[test]
fn a_name_is_an_id_a_model_a_family_a_provider_or_a_code() {
    assert_eq!(taken("apiin/cogview-4"), ["apiin/cogview-4"]);
    assert_eq!(taken("zai_generate_image"), ["xpay/zai-generate-image"]);
    assert_eq!(taken("zai-generate-image"), ["xpay/zai-generate-image"]);
    assert_eq!(taken("THUDM/CogView4-6B"), ["huggingface/cogview4-6b"]);
    assert_eq!(taken("kling-image-o1"), ["apiin/kling-image-o1"]);
    let of_provider = ["cogview-3-flash", "cogview-4", "cogview-4-250304"];
    assert_eq!(taken("bigmodel"), of_provider.map(|it| format!("bigmodel/{it}")));
    let coded = taken("cogview-4-250304");
    for provider in ["302ai", "bigmodel", "zai"] {
        assert!(coded.contains(&format!("{provider}/cogview-4-250304")), "{coded:?}");
    }
    // A family is one also where a listing has its name for a code.
    assert!(taken("cogview-4").contains(&"gitee/cogview4-6b".to_owned()));
    assert_eq!(taken("cogview4-6b").len(), 4);
}

#[test]
fn a_command_for_one_listing_takes_the_one_and_names_several() {
    let openapi = |name: &str| json(&["export", "openapi", name]);
    assert_eq!(openapi("fal-ai/cogview4"), openapi("fal/cogview4"));
    assert_eq!(openapi("fal"), openapi("fal/cogview4"));
    let several = refused(&["export", "openapi", "bigmodel"]);
    let wanted = "error: `bigmodel` has 3: bigmodel/cogview-3-flash, bigmodel/cogview-4, \
                  bigmodel/cogview-4-250304; name one of them";
    assert_eq!(several, wanted);
    let several = refused(&["export", "openapi", "cogview4-6b"]);
    assert!(several.starts_with("error: `cogview4-6b` is sold by 4: gitee/cogview4-6b, "));
}

#[test]
fn a_hint_names_a_listing_of_the_same_provider_first() {
    let hint = |name: &str| refused(&["export", "openapi", name]);
    let wanted = "error: there is no listing `zai/cogview4`; did you mean `zai/cogview-4-250304`?";
    assert_eq!(hint("zai/cogview4"), wanted);
    let near = "error: there is no listing `apiin/cogview4`; did you mean `apiin/cogview-4`?";
    assert_eq!(hint("apiin/cogview4"), near);
    let wanted = "error: there is no listing `bigmodel/dall-e`; `bigmodel` has 3: \
                  bigmodel/cogview-3-flash, bigmodel/cogview-4, bigmodel/cogview-4-250304";
    assert_eq!(hint("bigmodel/dall-e"), wanted);
    assert_eq!(hint("dall-e-3"), "error: there is no listing `dall-e-3`");
    let model = refused(&["compare", "--model", "zai-generate-imag"]);
    assert_eq!(
        model,
        "error: --model: there is no model `zai-generate-imag`; did you mean `zai-generate-image`?"
    );
}

#[test]
fn a_probe_takes_all_of_several_that_have_a_contract() {
    let plan = |names: &[&str]| {
        let output = cogdex(&[&["probe", "--plan"], names].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(plan(&["fal-ai/cogview4"]), plan(&["fal/cogview4"]));
    let both = plan(&["cogview-4-250304"]);
    assert!(both.contains("bigmodel/cogview-4-250304") && both.contains("zai/cogview-4-250304"));
    // Named twice is meant once.
    assert_eq!(plan(&["zai", "zai/cogview-4-250304"]), plan(&["zai/cogview-4-250304"]));
    let price = "apiin/cogview-5=0.02 USD";
    let said = refused(&["probe", "--plan", "zai", "--assume-price", price]);
    assert!(said.starts_with("error: --assume-price: there is no listing `apiin/cogview-5`"));
}
