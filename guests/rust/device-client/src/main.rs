//! A client that knows files alone: each argument is something that it does over the device, and prints what came of it.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsRawFd;

use device_messages::{Device, put_s64, put_u64, take_s64};

mod poll;

const PATH: &str = "/dev/wasi/rpc";
const WAIT: &str = "/test.gate.Gate/Pass";
const MILLISECOND: u64 = 1000;

fn main() -> io::Result<()> {
    for what in std::env::args().skip(1) {
        match what.as_str() {
            "add" => println!("{}", add(&mut Device::open(PATH)?, "demo:calc/ops.add", 2, 40)?),
            "add-by-path" => println!("{}", add(&mut Device::open(PATH)?, "/demo.calc.v0_1.Ops/Add", -3, 40)?),
            "many" => many()?,
            "by-bytes" => by_bytes()?,
            "unlinked" => told(&mut Device::open(PATH)?, "other:pkg/thing.call", 0)?,
            "deadline" => told(&mut Device::open(PATH)?, WAIT, 2000 * MILLISECOND)?,
            "cancel" => cancel()?,
            "close" => close()?,
            "two" => two()?,
            "bad" => bad()?,
            "nonblocking" => nonblocking()?,
            "exhaust" => exhaust()?,
            "unread" => unread()?,
            "folder" => folder()?,
            "poll" => poll::all(&mut Device::open(PATH)?)?,
            other => match other.strip_prefix("at:") {
                Some(path) => println!("{}", add(&mut Device::open(path)?, "demo:calc/ops.add", 1, 2)?),
                None => panic!("{other}?"),
            },
        }
    }
    Ok(())
}

fn two_numbers(a: i32, b: i32) -> Vec<u8> {
    let mut request = Vec::new();
    put_s64(&mut request, a.into());
    put_s64(&mut request, b.into());
    request
}

fn add(device: &mut Device, function: &str, a: i32, b: i32) -> io::Result<i64> {
    device.call(7, function, 0, &two_numbers(a, b))?;
    match device.returned()? {
        (Some(7), Ok(response)) => Ok(take_s64(&mut &response[..])),
        other => Err(io::Error::other(format!("{other:?}"))),
    }
}

/// A call that fails, and how.
fn told(device: &mut Device, function: &str, timeout: u64) -> io::Result<()> {
    device.call(1, function, timeout, &[5])?;
    match device.returned()? {
        (Some(1), Err((code, message))) => println!("code {code}: {message}"),
        other => println!("{other:?}"),
    }
    Ok(())
}

/// A hundred calls at once; the answers come in any order.
fn many() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    for number in 0..100 {
        device.call(number, "demo:calc/ops.add", 0, &two_numbers(number as i32, 1000))?;
    }
    let mut seen = vec![false; 100];
    for _ in 0..100 {
        let (number, response) = device.returned()?;
        let number = number.expect("an answer");
        assert_eq!(take_s64(&mut &response.expect("a sum")[..]), i64::from(number) + 1000);
        assert!(!std::mem::replace(&mut seen[number as usize], true));
    }
    println!("100 answers");
    Ok(())
}

/// Writes and reads one byte at a time.
fn by_bytes() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    let mut bytes = vec![1, 0, 0, 0, 24, 7, 17];
    bytes.extend(b"demo:calc/ops.add\0\0\0\x02\x28");
    for byte in bytes {
        assert_eq!(device.file.write(&[byte])?, 1);
    }
    let mut answer = Vec::new();
    for _ in 0..8 {
        let mut byte = [0];
        assert_eq!(device.file.read(&mut byte)?, 1);
        answer.extend(byte);
    }
    println!("{answer:?}");
    Ok(())
}

fn cancel() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    device.call(3, WAIT, 0, &[5])?;
    device.cancel(3)?;
    // The answer may have crossed it, and may not come twice.
    device.cancel(3)?;
    match device.returned()? {
        (Some(3), Err((code, message))) => println!("code {code}: {message}"),
        other => println!("{other:?}"),
    }
    println!("{}", add(&mut device, "demo:calc/ops.add", 1, 1)?);
    Ok(())
}

/// Leaves in the middle of a call, and of a message.
fn close() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    device.call(3, WAIT, 0, &[5])?;
    device.file.write_all(&[1, 0, 0])?;
    drop(device);
    println!("{}", add(&mut Device::open(PATH)?, "demo:calc/ops.add", 1, 1)?);
    Ok(())
}

/// Two descriptors, each with its own call of one number.
fn two() -> io::Result<()> {
    let (mut one, mut other) = (Device::open(PATH)?, Device::open(PATH)?);
    one.call(1, "demo:calc/ops.add", 0, &two_numbers(1, 1))?;
    other.call(1, "demo:calc/ops.add", 0, &two_numbers(2, 2))?;
    println!("{:?} {:?}", other.returned()?, one.returned()?);
    Ok(())
}

/// Messages that cannot be used; the call after them can.
fn bad() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    device.send(77, b"unknown")?;
    device.send(1, &[9, 200])?;
    device.send(2, &[9, 0])?;
    device.send(4, b"package a:b;")?;
    device.file.write_all(&[1, 0x7f, 0xff, 0xff, 0xff, 8])?;
    let filler = vec![0; 1 << 20];
    for _ in 0..2047 {
        device.file.write_all(&filler)?;
    }
    device.file.write_all(&filler[..(1 << 20) - 2])?;
    for _ in 0..5 {
        match device.returned()? {
            (number, Err((code, _))) => println!("{number:?} code {code}"),
            other => println!("{other:?}"),
        }
    }
    println!("{}", add(&mut device, "demo:calc/ops.add", 1, 1)?);
    Ok(())
}

fn nonblocking() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    poll::set_nonblocking(device.file.as_raw_fd());
    let empty = device.file.read(&mut [0; 8]).expect_err("nothing is there");
    assert_eq!(empty.kind(), ErrorKind::WouldBlock);
    device.call(1, "demo:calc/ops.add", 0, &two_numbers(20, 2))?;
    let mut answer: Vec<u8> = Vec::new();
    while answer.len() < 8 {
        poll::readable(device.file.as_raw_fd());
        let mut bytes = [0; 8];
        let count = device.file.read(&mut bytes)?;
        answer.extend(&bytes[..count]);
    }
    println!("{answer:?}");
    Ok(())
}

/// Opens until no more may be open.
fn exhaust() -> io::Result<()> {
    let mut open = Vec::new();
    let error = loop {
        match Device::open(PATH) {
            Ok(device) => open.push(device),
            Err(error) => break error,
        }
    };
    println!("{} open, then errno {:?}", open.len(), error.raw_os_error());
    open.pop();
    Device::open(PATH).map(drop)
}

/// Writes what is refused and reads nothing, until no more is taken.
fn unread() -> io::Result<()> {
    let mut device = Device::open(PATH)?;
    let mut body = Vec::new();
    put_u64(&mut body, 9);
    let error = loop {
        match device.send(2, &body) {
            Ok(()) => {}
            Err(error) => break error,
        }
    };
    println!("errno {:?}", error.raw_os_error());
    assert!(matches!(device.returned()?, (None, Err(_))));
    Ok(())
}

/// What is in the device's folder, and what is not.
fn folder() -> io::Result<()> {
    let names: Vec<_> = std::fs::read_dir("/dev/wasi")?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    println!("{names:?}");
    println!("{:?}", std::fs::metadata("/dev/wasi")?.is_dir());
    println!("{:?}", std::fs::metadata("/dev/wasi/rpc")?.is_file());
    for path in ["/dev/wasi/other", "/dev/wasi/../../etc/passwd", "/dev/wasi/rpc/x"] {
        println!("{}", std::fs::File::open(path).is_err());
    }
    println!("{}", std::fs::create_dir("/dev/wasi/new").is_err());
    println!("{}", std::fs::remove_file("/dev/wasi/rpc").is_err());
    // A file of a granted directory beside it, if there is one.
    if let Ok(text) = std::fs::read_to_string("/data/file.txt") {
        let _open = std::fs::File::open("/data/file.txt")?;
        println!("{text}");
        println!("{}", std::fs::File::open("/dev/wasi/file.txt").is_err());
    }
    Ok(())
}
