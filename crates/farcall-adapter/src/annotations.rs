//! The custom section `wasm-rpc:wit` of a core module: what its functions are in WIT, entry by entry.
//!
//! Reads the text's outline only; whether the types are right is for who parses the whole.

use std::collections::BTreeMap;

use farcall_wit::MAX_TEXT_BYTES;
use wasmparser::{Parser, Payload};

use crate::error::AdaptError;

/// The section's name. Its text is what all objects of a module wrote, one behind another.
pub const WIT_SECTION: &str = "wasm-rpc:wit";

/// What the prefix of a core export or import is that a remote call goes through.
pub const SYMBOL_PREFIX: &str = "__wasm_rpc_";

/// What a module says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotations {
    /// Types by name: their text, documentation included.
    pub types: BTreeMap<String, String>,
    /// What others call.
    pub exports: Vec<Annotation>,
    /// What is called elsewhere.
    pub imports: Vec<Annotation>,
}

/// A function as the section tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Annotation {
    /// The interface that it belongs to; empty where that is left to who serves or links the module.
    pub interface: String,
    /// The label: `word-count`.
    pub name: String,
    /// Its type: `func(a: s32) -> s32`.
    pub ty: String,
    /// Lines that each begin with `///`.
    pub docs: String,
}

impl Annotations {
    /// Those of a module, or `None` if it has no such section.
    pub fn of(module: &[u8]) -> Result<Option<Annotations>, AdaptError> {
        let mut text = String::new();
        let mut found = false;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(|error| AdaptError::Module(error.to_string()))?;
            if let Payload::CustomSection(section) = payload
                && section.name() == WIT_SECTION
            {
                found = true;
                if text.len() + section.data().len() > MAX_TEXT_BYTES {
                    return Err(annotation(format!("it is longer than {MAX_TEXT_BYTES} bytes")));
                }
                let part = std::str::from_utf8(section.data()).map_err(|error| annotation(error.to_string()))?;
                text.push_str(part);
                text.push('\n');
            }
        }
        if found {
            Annotations::parse(&text).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Those in a text. The same entry may stand there more than once.
    pub fn parse(text: &str) -> Result<Annotations, AdaptError> {
        let mut annotations = Annotations::default();
        let mut rest = text;
        while let Some((entry, behind)) = next_entry(rest)? {
            annotations.add(entry)?;
            rest = behind;
        }
        annotations.exports.sort();
        annotations.exports.dedup();
        annotations.imports.sort();
        annotations.imports.dedup();
        for list in [&annotations.exports, &annotations.imports] {
            let same = |pair: &&[Annotation]| pair[0].interface == pair[1].interface && pair[0].name == pair[1].name;
            if let Some([one, other]) = list.windows(2).find(same) {
                let said = format!("`{}` is declared twice: `{}` and `{}`", one.name, one.ty, other.ty);
                return Err(annotation(said));
            }
        }
        Ok(annotations)
    }

    fn add(&mut self, entry: Entry) -> Result<(), AdaptError> {
        let Entry { docs, statement } = entry;
        let (keyword, rest) = statement.split_once(char::is_whitespace).unwrap_or((statement, ""));
        match keyword {
            "export" | "import" => {
                let (name, ty) = function(rest)?;
                let (interface, name) = name.rsplit_once('#').unwrap_or(("", name));
                let annotation = Annotation {
                    interface: interface.to_string(),
                    name: name.trim_start_matches('%').to_string(),
                    ty: ty.to_string(),
                    docs,
                };
                let list = if keyword == "export" {
                    &mut self.exports
                } else {
                    &mut self.imports
                };
                list.push(annotation);
            }
            "record" | "variant" | "enum" | "flags" | "type" => {
                let end = rest.find(|c: char| c.is_whitespace() || "={;".contains(c));
                let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                if name.is_empty() {
                    return Err(annotation(format!("a {keyword} has no name")));
                }
                let text = format!("{docs}{statement}\n");
                let name = name.trim_start_matches('%').to_string();
                if let Some(other) = self.types.insert(name.clone(), text.clone())
                    && other != text
                {
                    return Err(annotation(format!(
                        "there are two different types `{name}`; rename one"
                    )));
                }
            }
            _ => {
                let said = "expected export, import, record, variant, enum, flags or type";
                return Err(annotation(format!("{said}, found `{}`", short(statement))));
            }
        }
        Ok(())
    }
}

/// The label that a symbol's name stands for: `word_count` is `word-count`. Not every name is one.
pub(crate) fn label(symbol: &str) -> String {
    symbol.trim_matches('_').replace('_', "-")
}

struct Entry<'a> {
    docs: String,
    statement: &'a str,
}

// An entry ends with `;`, or with the brace that closes its first one.
fn next_entry(text: &str) -> Result<Option<(Entry<'_>, &str)>, AdaptError> {
    let mut docs = String::new();
    let mut rest = text.trim_start_matches(blank);
    while rest.starts_with("//") {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.starts_with("///") {
            docs.push_str(line.trim_end());
            docs.push('\n');
        }
        rest = behind.trim_start_matches(blank);
    }
    if rest.is_empty() {
        return Ok(None);
    }
    let mut depth = 0_u32;
    let mut comment = false;
    let mut before = '\n';
    for (at, c) in rest.char_indices() {
        if comment {
            comment = c != '\n';
        } else {
            match c {
                '/' if before == '/' => comment = true,
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (c == ';' || c == '}') {
                let (statement, behind) = rest.split_at(at + 1);
                return Ok(Some((Entry { docs, statement }, behind)));
            }
        }
        before = c;
    }
    Err(annotation(format!("`{}` has no end", short(rest))))
}

fn function(text: &str) -> Result<(&str, &str), AdaptError> {
    let text = text.trim_end_matches(';').trim();
    // A name may hold `ns:pkg/name#`, so the type begins at the last colon before `func`.
    let at = text.find("func").unwrap_or(0);
    let (name, ty) = text.split_at(at);
    match name.trim().strip_suffix(':') {
        Some(name) if !name.trim().is_empty() => Ok((name.trim(), ty.trim())),
        _ => Err(annotation(format!("`{}` is no `name: func(...)`", short(text)))),
    }
}

fn blank(c: char) -> bool {
    c.is_whitespace() || c == '\0'
}

fn short(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.char_indices()
        .nth(80)
        .map_or(line, |(at, _)| line.get(..at).unwrap_or(line))
}

fn annotation(reason: String) -> AdaptError {
    AdaptError::Annotation(reason)
}
