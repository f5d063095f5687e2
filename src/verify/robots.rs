//! What a host's `robots.txt` keeps from us, after RFC 9309.

/// The rules for one program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RobotRules(Vec<(bool, String)>);

impl RobotRules {
    /// The most bytes of a file that count.
    pub const MAX_BYTES: usize = 512 << 10;

    /// Reads the groups that are for `agent`; those for all, where there are none.
    pub fn parse(text: &str, agent: &str) -> Self {
        let (mut own, mut others): (Vec<_>, Vec<_>) = Default::default();
        let (mut has_own, mut for_own, mut for_all, mut in_rules) = (false, false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    if in_rules {
                        (for_own, for_all, in_rules) = (false, false, false);
                    }
                    for_own |= value.eq_ignore_ascii_case(agent);
                    for_all |= value == "*";
                    has_own |= for_own;
                }
                rule @ ("allow" | "disallow") => {
                    in_rules = true;
                    let entry = (rule == "allow", value.to_owned());
                    if for_own {
                        own.push(entry.clone());
                    }
                    if for_all {
                        others.push(entry);
                    }
                }
                _ => {}
            }
        }
        Self(if has_own { own } else { others })
    }

    /// Whether a path with its query may be read: the longest rule counts, and of two as long the
    /// one that allows.
    pub fn allows(&self, path: &str) -> bool {
        let matching = self.0.iter().filter(|(_, rule)| !rule.is_empty() && fits(rule, path));
        let longest = matching.max_by_key(|(allow, rule)| (rule.len(), *allow));
        path == "/robots.txt" || longest.is_none_or(|(allow, _)| *allow)
    }
}

/// Whether a path begins as a rule says, where `*` is anything and `$` the end.
fn fits(rule: &str, path: &str) -> bool {
    let (rule, whole) = rule.strip_suffix('$').map_or((rule, false), |rule| (rule, true));
    let mut parts = rule.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<_> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        if whole && number + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    !whole || rest.is_empty()
}
