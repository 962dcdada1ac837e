//! Mends the C++ bindings of wit-bindgen 0.63, which write a list's elements in the canonical ABI's layout over the C++
//! objects themselves: right where both layouts are one (strings, records), wrong for a variant, an option or a result, which
//! in C++ has its tag behind the value. Here such a list gets memory of its own.
//!
//! It understands no C++: it knows the lines that the generator writes, and fails where it does not find them.

use anyhow::{Result, bail};

/// The bindings with every list that is written element by element in memory of its own. That memory is the host's to have
/// freed where it is a result; where it is a parameter of an import it is never freed.
pub fn separate_lists(source: &str) -> Result<String> {
    let mut lines: Vec<String> = source.lines().map(str::to_string).collect();
    for at in 0..lines.len() {
        let Some((pointer, size)) = element(&lines[at]) else {
            continue;
        };
        let number = pointer.trim_start_matches("_ptr");
        let before = at.checked_sub(4).map(|first| &lines[first..at]);
        let Some([list, data, _, _]) = before else {
            bail!("line {at}: a loop without a list before it");
        };
        let list = list.trim().strip_prefix(&format!("auto&& _vec{number} = "));
        let Some(list) = list.and_then(|list| list.strip_suffix(';')).map(str::to_string) else {
            bail!("line {at}: no list before the loop");
        };
        if data.trim() != format!("auto {pointer} = (uint8_t*)(_vec{number}.data());") {
            bail!("line {at}: no pointer before the loop: {data}");
        }
        lines[at - 3] = format!("auto {pointer} = (uint8_t*)malloc(_vec{number}.size() * {size});");
        // The objects are no longer what the host frees.
        let leak = format!("{list}.leak();");
        let rest = lines[at..].iter().take_while(|line| !line.starts_with("extern \"C\""));
        if let Some(after) = rest.map(|line| line.trim()).position(|line| line == leak) {
            lines[at + after].clear();
        }
    }
    Ok(lines.join("\n") + "\n")
}

/// The pointer's name and an element's size, of `auto _base = _ptr6 + i * 16;` where elements are written. Where they are
/// read the pointer is called `_base6`.
fn element(line: &str) -> Option<(String, String)> {
    let rest = line.trim().strip_prefix("auto _base = _ptr")?;
    let (number, size) = rest.strip_suffix(';')?.split_once(" + i * ")?;
    Some((format!("_ptr{number}"), size.to_string()))
}
