//! Files with WebAssembly in them, in binary or in text.
//!
//! Not here: what is in it (`component`, `plain`).

use std::path::Path;

use farcall_adapter::{componentize, is_plain, needs_component};
use farcall_wit::{InterfaceName, core_interface};

use crate::component::{ComponentConfig, stem};
use crate::error::Error;

/// The binary of a file, whichever form it has.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Read {
        path: path.into(),
        source,
    })?;
    binary(path, bytes)
}

/// The binary of what `path` holds: text is told by the file's name, or by how it begins.
pub(crate) fn binary(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    let named = path.extension().is_some_and(|extension| extension == "wat");
    let begins = bytes.trim_ascii_start();
    if bytes.starts_with(b"\0asm") || !(named || begins.starts_with(b"(") || begins.starts_with(b";;")) {
        return Ok(bytes);
    }
    let failed = |why: String| Error::Component { path: path.into(), why };
    if bytes.len() > farcall_wit::MAX_TEXT_BYTES {
        let (size, limit) = (bytes.len(), farcall_wit::MAX_TEXT_BYTES);
        return Err(failed(format!("{size} bytes of text, more than the limit of {limit}")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|error| failed(format!("not WebAssembly text: {error}")))?;
    wat::parse_str(text).map_err(|error| failed(format!("not WebAssembly text: {error}")))
}

/// The same, made into a component where its functions need that: a plain module with WIT of more than numbers.
pub(crate) fn prepared(path: &Path, bytes: Vec<u8>, config: &ComponentConfig) -> Result<Vec<u8>, Error> {
    let bytes = binary(path, bytes)?;
    if !is_plain(&bytes) {
        return Ok(bytes);
    }
    let failed = |error: farcall_adapter::AdaptError| Error::Component {
        path: path.into(),
        why: error.to_string(),
    };
    match needs_component(&bytes).map_err(failed)? {
        true => componentize(&bytes, &interface(path, config)?.to_string()).map_err(failed),
        false => Ok(bytes),
    }
}

/// The interface that a plain module's functions are of.
pub(crate) fn interface(path: &Path, config: &ComponentConfig) -> Result<InterfaceName, Error> {
    if let Some(interface) = &config.interface {
        return Ok(interface.clone());
    }
    let name = config.name.clone().unwrap_or_else(|| stem(path));
    core_interface(&name).map_err(|error| Error::Component {
        path: path.into(),
        why: format!("--name {name}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_binary_are_told_apart() {
        let of = |path: &str, bytes: &[u8]| binary(Path::new(path), bytes.to_vec());
        let module = b"\0asm\x01\0\0\0";
        assert_eq!(of("a.wat", b" (module)").unwrap(), module);
        assert_eq!(of("a.wasm", b";; text\n(module)").unwrap(), module);
        assert_eq!(of("a.wat", module).unwrap(), module);
        assert_eq!(of("a.wasm", b"neither").unwrap(), b"neither");
        assert!(
            of("a.wat", b"(modul)")
                .unwrap_err()
                .to_string()
                .contains("a.wat: not WebAssembly text")
        );
        assert!(of("a.wat", b"(module \xff)").unwrap_err().to_string().contains("a.wat"));
    }
}
