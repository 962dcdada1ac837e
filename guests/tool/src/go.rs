//! Mends the Go bindings of wit-bindgen 0.63, which do not compile where a variant's s32 shares its slot with a string's
//! length: the slot is a `uint32`, and is converted to `uint32` where an `int32` is meant.
//!
//! It understands no Go: it looks for that conversion of a parameter that is a `uint32` already, which has no other use.

/// The bindings with such slots converted to `int32`.
pub fn sign_shared_slots(source: &str) -> String {
    let mut mended = String::with_capacity(source.len());
    for (number, function) in source.split("\nfunc ").enumerate() {
        if number > 0 {
            mended.push_str("\nfunc ");
        }
        let parameters = function.split(')').next().unwrap_or_default();
        let mut function = function.to_string();
        for parameter in parameters
            .split(['(', ','])
            .filter_map(|one| one.trim().strip_suffix(" uint32"))
        {
            function = function.replace(&format!("uint32({parameter})"), &format!("int32({parameter})"));
        }
        mended.push_str(&function);
    }
    mended
}
