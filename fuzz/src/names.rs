//! Names as peers, files and people write them, and the paths that they become.

use farcall_wit::{CallName, Fingerprint, InterfaceName, InterfacePattern, core_method, parse_call, path};

/// What parses displays as what parses to the same; a path is two segments of ASCII whatever it was made of.
pub fn names(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    if let Ok(name) = text.parse::<InterfaceName>() {
        assert_eq!(name.to_string().parse(), Ok(name.clone()), "{text}");
        is_path(&path(&name, "f", "w"));
    }
    if let Ok(name) = text.parse::<CallName>() {
        assert_eq!(name.to_string().parse(), Ok(name), "{text}");
    }
    if let Ok(pattern) = text.parse::<InterfacePattern>() {
        assert_eq!(pattern.to_string().parse(), Ok(pattern), "{text}");
    }
    if let Ok(fingerprint) = text.parse::<Fingerprint>() {
        assert_eq!(fingerprint.to_string(), text);
    }
    if let Ok((_, arguments)) = parse_call(text) {
        assert!(arguments.starts_with('(') && arguments.ends_with(')'), "{text}");
    }
    is_path(&path(&InterfaceName::World, "f", text));
    is_path(&format!("/W/{}", core_method(text)));
}

fn is_path(path: &str) {
    let segments = path.strip_prefix('/').and_then(|rest| rest.split_once('/'));
    let (service, method) = segments.expect("two segments");
    for word in service.split('.').chain([method]) {
        assert!(word.starts_with(|c: char| c.is_ascii_alphabetic()), "{path}");
        assert!(word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{path}");
    }
}
