//! A server that knows files alone: it announces its functions on the device, reads calls and writes answers. State lives in
//! its variables; a call that waits is a number that it keeps.

use device_messages::{ANNOUNCE, CALL, CANCEL, Device, put_s64, put_u64, take_bytes, take_s64, take_u64};

const WIT: &str = "package demo:device@0.1.0;
interface counter {
  add: func(a: s32, b: s32) -> s32;
  next: func() -> u32;
  echo: func(data: list<u8>) -> list<u8>;
  /// Answered by the next `release`.
  hold: func() -> string;
  /// How many held calls it let go, cancelled ones too.
  release: func() -> u32;
  fail: func() -> u32;
  exit: func(code: u32);
  spin: func();
}";

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1);
    let mut device = Device::open(path.as_deref().unwrap_or("/dev/wasi/rpc"))?;
    device.send(ANNOUNCE, WIT.as_bytes())?;
    println!("announced");
    let (mut count, mut held, mut cancelled) = (0u64, Vec::new(), 0);
    while let Some(message) = device.receive()? {
        let mut rest = &message.body[..];
        match message.kind {
            CALL => {}
            CANCEL => {
                let number = take_u64(&mut rest) as u32;
                if let Some(place) = held.iter().position(|held| *held == number) {
                    held.remove(place);
                    cancelled += 1;
                    // Every call is answered once, a cancelled one too.
                    device.fail(number, 1, "given up")?;
                }
                continue;
            }
            kind => {
                println!("a message of kind {kind}");
                continue;
            }
        }
        let number = take_u64(&mut rest) as u32;
        let function = String::from_utf8_lossy(take_bytes(&mut rest)).into_owned();
        let _fingerprint = take_bytes(&mut rest);
        let _timeout = take_u64(&mut rest);
        for _ in 0..take_u64(&mut rest) * 2 {
            take_bytes(&mut rest);
        }
        let mut response = Vec::new();
        match function.strip_prefix("demo:device/counter@0.1.0.") {
            Some("add") => {
                let sum = take_s64(&mut rest) as i32 + take_s64(&mut rest) as i32;
                put_s64(&mut response, sum.into());
            }
            Some("next") => {
                count += 1;
                put_u64(&mut response, count);
            }
            Some("echo") => response.extend(rest),
            Some("hold") => {
                held.push(number);
                continue;
            }
            Some("release") => {
                put_u64(&mut response, held.len() as u64 + cancelled);
                for number in held.drain(..) {
                    device.answer(number, b"\x08released")?;
                }
                cancelled = 0;
            }
            Some("fail") => {
                device.fail(number, 9, "not today")?;
                continue;
            }
            Some("exit") => std::process::exit(take_u64(&mut rest) as i32),
            Some("spin") => loop {
                std::hint::spin_loop();
            },
            _ => {
                device.fail(number, 12, "no such function")?;
                continue;
            }
        }
        device.answer(number, &response)?;
    }
    println!("the host has ended");
    Ok(())
}
