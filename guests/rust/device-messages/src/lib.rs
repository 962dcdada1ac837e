//! The device's messages over a plain file (spec/device.md): a hundred lines of std, and no bindings.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

pub const CALL: u8 = 1;
pub const RETURN: u8 = 2;
pub const CANCEL: u8 = 3;
pub const ANNOUNCE: u8 = 4;
pub const REFUSE: u8 = 6;

/// One descriptor.
pub struct Device {
    pub file: File,
}

/// One message: its kind and its body.
pub struct Message {
    pub kind: u8,
    pub body: Vec<u8>,
}

impl Device {
    /// Opens the device at a path.
    pub fn open(path: &str) -> io::Result<Device> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Device { file })
    }

    /// Writes a message.
    pub fn send(&mut self, kind: u8, body: &[u8]) -> io::Result<()> {
        let mut bytes = vec![kind];
        bytes.extend((body.len() as u32).to_be_bytes());
        bytes.extend(body);
        self.file.write_all(&bytes)
    }

    /// Writes a call without fingerprint and metadata; `timeout` in microseconds, 0 for none.
    pub fn call(&mut self, number: u32, function: &str, timeout: u64, request: &[u8]) -> io::Result<()> {
        let mut body = Vec::new();
        put_u64(&mut body, number.into());
        put_bytes(&mut body, function.as_bytes());
        put_bytes(&mut body, b"");
        put_u64(&mut body, timeout);
        put_u64(&mut body, 0);
        body.extend(request);
        self.send(CALL, &body)
    }

    /// Answers a call.
    pub fn answer(&mut self, number: u32, response: &[u8]) -> io::Result<()> {
        let mut body = Vec::new();
        put_u64(&mut body, number.into());
        body.push(0);
        body.extend(response);
        self.send(RETURN, &body)
    }

    /// Fails a call.
    pub fn fail(&mut self, number: u32, code: u8, message: &str) -> io::Result<()> {
        let mut body = Vec::new();
        put_u64(&mut body, number.into());
        body.push(code);
        put_bytes(&mut body, message.as_bytes());
        self.send(RETURN, &body)
    }

    /// Gives up a call.
    pub fn cancel(&mut self, number: u32) -> io::Result<()> {
        let mut body = Vec::new();
        put_u64(&mut body, number.into());
        self.send(CANCEL, &body)
    }

    /// The next message; `None` at the end.
    pub fn receive(&mut self) -> io::Result<Option<Message>> {
        let mut header = [0; 5];
        match self.file.read(&mut header)? {
            0 => return Ok(None),
            count => self.file.read_exact(&mut header[count..])?,
        }
        let [kind, length @ ..] = header;
        let mut body = vec![0; u32::from_be_bytes(length) as usize];
        self.file.read_exact(&mut body)?;
        Ok(Some(Message { kind, body }))
    }

    /// The next answer: its number, and the response or a code with its message. A refusal has no number.
    pub fn returned(&mut self) -> io::Result<(Option<u32>, Result<Vec<u8>, (u8, String)>)> {
        let message = self.receive()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut rest = &message.body[..];
        let number = match message.kind {
            RETURN => Some(take_u64(&mut rest) as u32),
            REFUSE => None,
            kind => return Err(io::Error::other(format!("a message of kind {kind}"))),
        };
        let code = rest[0];
        rest = &rest[1..];
        Ok(match code {
            0 => (number, Ok(rest.to_vec())),
            code => (number, Err((code, String::from_utf8_lossy(take_bytes(&mut rest)).into_owned()))),
        })
    }
}

pub fn put_u64(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

pub fn put_s64(into: &mut Vec<u8>, mut number: i64) {
    while !(-64..64).contains(&number) {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8 & 0x7f);
}

pub fn put_bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    put_u64(into, bytes.len() as u64);
    into.extend(bytes);
}

pub fn take_u64(from: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = from[0];
        *from = &from[1..];
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return number;
        }
    }
}

pub fn take_s64(from: &mut &[u8]) -> i64 {
    let (mut number, mut shift) = (0i64, 0);
    loop {
        let byte = from[0];
        *from = &from[1..];
        number |= i64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return if byte & 0x40 != 0 && shift < 64 { number | -1 << shift } else { number };
        }
    }
}

pub fn take_bytes<'a>(from: &mut &'a [u8]) -> &'a [u8] {
    let length = take_u64(from) as usize;
    let (bytes, rest) = from.split_at(length);
    *from = rest;
    bytes
}
