//! The lexemes of JSON, one after the other, out of a text.
//!
//! Does not know what a value means; one that nobody asks for is skipped without recursion.

use std::borrow::Cow;

use crate::message_error::{MessageError, MessageErrorKind as Error};

pub(super) type Result<T = (), E = MessageError> = std::result::Result<T, E>;

pub(super) struct Text<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Text<'a> {
    /// `depth` is how deep values may nest that are skipped.
    pub(super) fn new(bytes: &'a [u8], depth: usize) -> Result<Text<'a>> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Text { text, at: 0, depth }),
            Err(error) => Err(Error::Utf8.at(error.valid_up_to())),
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The first byte of the next lexeme; stays before it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Steps over `sign` if it comes next.
    pub(super) fn take(&mut self, sign: u8) -> bool {
        let is_next = self.peek() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn expect(&mut self, sign: u8, expected: &'static str) -> Result {
        match self.take(sign) {
            true => Ok(()),
            false => Err(self.syntax(expected)),
        }
    }

    /// `true`, `false` or `null` if it comes next.
    pub(super) fn word(&mut self) -> Option<&'static str> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let word = WORDS.into_iter().find(|word| rest.starts_with(word))?;
        let after = rest.as_bytes().get(word.len());
        if after.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            return None;
        }
        self.at += word.len();
        Some(word)
    }

    /// A number as it stands there.
    pub(super) fn number(&mut self) -> Result<&'a str> {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let number = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if !super::number::is_number(number) {
            return Err(self.syntax("a value"));
        }
        self.at += number.len();
        Ok(number)
    }

    /// A string without its escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>> {
        self.expect(b'"', "a string")?;
        let mut start = self.at;
        let mut out = Cow::Borrowed("");
        loop {
            let run = self.text.get(start..self.at).unwrap_or_default();
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    append(&mut out, run);
                    return Ok(out);
                }
                Some(b'\\') => {
                    append(&mut out, run);
                    self.at += 1;
                    let c = self.escape()?;
                    out.to_mut().push(c);
                    start = self.at;
                }
                Some(0..=0x1f) => return Err(self.syntax("no control character within a string")),
                Some(_) => self.at += 1,
                None => return Err(self.syntax("the end of a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let escaped = self.byte();
        self.at += 1;
        Ok(match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.hex4()?;
                let is_high = (0xd800..0xdc00).contains(&unit);
                let mut units = vec![unit];
                if is_high && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
                    self.at += 2;
                    units.push(self.hex4()?);
                }
                // spec: J-5. Half of a pair is no character.
                let mut chars = char::decode_utf16(units);
                match (chars.next(), chars.next()) {
                    (Some(Ok(c)), None) => c,
                    _ => return Err(self.syntax("both halves of a character")),
                }
            }
            _ => {
                self.at -= 1;
                return Err(self.syntax("an escape"));
            }
        })
    }

    fn hex4(&mut self) -> Result<u16> {
        let digits = self.text.get(self.at..).and_then(|rest| rest.get(..4));
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => Err(self.syntax("four hexadecimal digits")),
        }
    }

    /// Steps over a value of any kind.
    pub(super) fn skip(&mut self) -> Result {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.open(&mut open, b'}')?;
                    if !self.take(b'}') {
                        self.name()?;
                        continue;
                    }
                    open.pop();
                }
                Some(b'[') => {
                    self.open(&mut open, b']')?;
                    if !self.take(b']') {
                        continue;
                    }
                    open.pop();
                }
                _ => self.scalar()?,
            }
            loop {
                match open.last() {
                    None => return Ok(()),
                    Some(_) if self.take(b',') => {
                        if open.last() == Some(&b'}') {
                            self.name()?;
                        }
                        break;
                    }
                    Some(close) => {
                        let close = *close;
                        self.expect(close, "`,` or the end")?;
                        open.pop();
                    }
                }
            }
        }
    }

    fn open(&mut self, open: &mut Vec<u8>, close: u8) -> Result {
        if open.len() >= self.depth {
            let (what, limit) = ("levels of nesting", self.depth);
            return Err(Error::Limit { what, limit }.at(self.at));
        }
        self.at += 1;
        open.push(close);
        Ok(())
    }

    /// The name of a member and the `:` after it.
    pub(super) fn name(&mut self) -> Result<Cow<'a, str>> {
        let name = self.string()?;
        self.expect(b':', "`:`")?;
        Ok(name)
    }

    fn scalar(&mut self) -> Result {
        if self.peek() == Some(b'"') {
            self.string()?;
        } else if self.word().is_none() {
            self.number()?;
        }
        Ok(())
    }

    pub(super) fn end(&mut self) -> Result {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.syntax("the end")),
        }
    }

    pub(super) fn syntax(&self, expected: &'static str) -> MessageError {
        Error::Syntax { expected }.at(self.at)
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

fn append<'a>(out: &mut Cow<'a, str>, run: &'a str) {
    if out.is_empty() {
        *out = Cow::Borrowed(run);
    } else if !run.is_empty() {
        out.to_mut().push_str(run);
    }
}

const WORDS: [&str; 3] = ["true", "false", "null"];
