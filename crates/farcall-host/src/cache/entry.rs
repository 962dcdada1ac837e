//! One cached file: what its name stands for, and a header that tells whether its code is whole.
//!
//! Not here: files. The digest finds damage, not forgery: who may write the folder may write any digest (`folder`).

use blake3::Hasher as Blake3;
use std::hash::{Hash, Hasher};

/// What code was made of: component, engine and format. Equal keys, equal code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key([u8; DIGEST]);

impl Key {
    /// `component` is the digest of its bytes; `engine` is whatever tells engines apart whose code is not interchangeable.
    pub(crate) fn new(component: &[u8; DIGEST], engine: impl Hash) -> Self {
        let mut hasher = Wide(Blake3::new());
        hasher.0.update(MAGIC);
        hasher.0.update(&FORMAT.to_le_bytes());
        hasher.0.update(component);
        engine.hash(&mut hasher);
        Key(hasher.0.finalize().into())
    }

    pub(crate) fn file_name(&self) -> String {
        let digits = self.0.iter().map(|byte| format!("{byte:02x}"));
        digits.chain([SUFFIX.to_owned()]).collect()
    }
}

/// The digest of a component's bytes.
pub(crate) fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    blake3::hash(bytes).into()
}

/// What stands before `code` in its file.
pub(super) fn header(key: &Key, code: &[u8]) -> Vec<u8> {
    let length = (code.len() as u64).to_le_bytes();
    [&MAGIC[..], &FORMAT.to_le_bytes(), &key.0, &digest(code), &length].concat()
}

/// A file whose header fits its code and `key`.
pub(super) fn open(file: Vec<u8>, key: &Key) -> Result<Entry, Unusable> {
    let (header, code) = file.split_at_checked(HEADER).ok_or(Unusable::Short(file.len()))?;
    // Whatever differs, a header that is not the one to be written for this code and key is none.
    if header.get(..MAGIC.len()) != Some(MAGIC) {
        return Err(Unusable::Magic);
    }
    if self::header(key, code) != header {
        return Err(Unusable::Changed);
    }
    Ok(Entry(file))
}

/// A file that was found whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry(Vec<u8>);

impl Entry {
    pub(crate) fn code(&self) -> &[u8] {
        self.0.get(HEADER..).unwrap_or_default()
    }
}

/// Why a file's code is not used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("{0} bytes are less than a header of {HEADER}")]
    Short(usize),
    #[error("not a file of compiled code")]
    Magic,
    #[error("the header fits another format, another key, or code that was whole")]
    Changed,
}

/// A hasher that keeps all it is given, for types that can be hashed and not read.
struct Wide(Blake3);

impl Hasher for Wide {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Never asked: the key is the digest.
    fn finish(&self) -> u64 {
        0
    }
}

const MAGIC: &[u8; 8] = b"farcall\0";
/// Goes up when the header or what a key is made of changes.
const FORMAT: u32 = 1;
const DIGEST: usize = 32;
const HEADER: usize = MAGIC.len() + size_of::<u32>() + DIGEST + DIGEST + size_of::<u64>();
pub(super) const SUFFIX: &str = ".code";

#[cfg(test)]
mod tests {
    use super::*;

    fn file(key: &Key, code: &[u8]) -> Vec<u8> {
        [header(key, code), code.to_vec()].concat()
    }

    #[test]
    fn a_key_tells_component_and_engine_apart() {
        let keys = [
            Key::new(&digest(b"one"), "engine"),
            Key::new(&digest(b"other"), "engine"),
            Key::new(&digest(b"one"), "other engine"),
        ];
        assert_eq!(keys[0], Key::new(&digest(b"one"), "engine"));
        assert!(keys[0] != keys[1] && keys[0] != keys[2] && keys[1] != keys[2]);
        assert_eq!(keys[0].file_name().len(), 2 * DIGEST + SUFFIX.len());
    }

    #[test]
    fn only_a_whole_file_of_the_key_gives_its_code() {
        let (key, other) = (Key::new(&digest(b"one"), ()), Key::new(&digest(b"two"), ()));
        let whole = file(&key, b"some code");
        assert_eq!(open(whole.clone(), &key).unwrap().code(), b"some code");
        assert_eq!(open(whole.clone(), &other), Err(Unusable::Changed));
        assert_eq!(open(Vec::new(), &key), Err(Unusable::Short(0)));
        for length in 0..whole.len() {
            assert!(open(whole[..length].to_vec(), &key).is_err(), "{length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(open(changed, &key).is_err(), "{at}");
        }
        assert!(open([whole, vec![0]].concat(), &key).is_err());
    }
}
