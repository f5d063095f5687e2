//! Text from outside made harmless: which characters can steer a screen, hide in a word or turn the
//! direction of writing, and what stands in their place.

/// Returns whether a character takes no room, and can hide in a word or turn its direction.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether a character could make a text read as another, or steer what shows it: controls
/// (line breaks and tabs among them), invisible characters, and what is no character at all.
pub fn is_dangerous(c: char) -> bool {
    // The last two are no characters, and XML does not allow them.
    c.is_control() || is_invisible(c) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Returns a name, or the same with the first number from 2 on, where it is taken: `run 7, 2`.
pub fn free_name(name: String, separator: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(&name) {
        return name;
    }
    let numbered = (2_u32..).map(|number| format!("{name}{separator}{number}"));
    numbered.into_iter().find(|name| !is_taken(name)).unwrap_or_default()
}

/// Returns the text in one line, with U+FFFD for every dangerous character.
pub fn sanitize(text: &str) -> String {
    text.chars().map(|c| if is_dangerous(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
