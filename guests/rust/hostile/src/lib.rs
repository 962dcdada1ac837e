//! The hostile guest: exports `test:hostile/acts`. What each function does is said in its WIT.

wit_bindgen::generate!({ path: "../../wit/hostile", world: "hostile" });

use exports::test::hostile::acts::Guest;
use std::hint::black_box;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU32, Ordering};

struct Hostile;

const CHUNK: usize = 1 << 20;
const PAGE: u64 = 65_536;
static CALLS: AtomicU32 = AtomicU32::new(0);

impl Guest for Hostile {
    fn fill(bytes: u64) -> u64 {
        let mut left = bytes;
        while left > 0 {
            let size = left.min(CHUNK as u64);
            keep(size as usize);
            left -= size;
        }
        core::arch::wasm32::memory_size(0) as u64 * PAGE
    }

    fn hog() {
        loop {
            keep(CHUNK);
        }
    }

    fn spin() {
        loop {
            black_box(());
        }
    }

    fn crash() {
        core::arch::wasm32::unreachable()
    }

    #[allow(unconditional_recursion)]
    fn recurse(depth: u64) -> u64 {
        black_box(Self::recurse(black_box(depth + 1))) + 1
    }

    fn panic(message: String) {
        panic!("{message}")
    }

    fn exit(code: u8) {
        std::process::exit(code.into())
    }

    fn print(text: String, times: u32, lines: bool) {
        write_often(&mut std::io::stdout(), &text, times, lines);
    }

    fn complain(text: String, times: u32, lines: bool) {
        write_often(&mut std::io::stderr(), &text, times, lines);
    }

    fn variable(name: String) -> Option<String> {
        std::env::var(name).ok()
    }

    fn variables() -> Vec<String> {
        std::env::vars().map(|(name, _)| name).collect()
    }

    fn list(path: String) -> Result<Vec<String>, String> {
        let entries = std::fs::read_dir(path).map_err(said)?;
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(said)?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn read(path: String) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(said)
    }

    fn write(path: String, text: String) -> Result<(), String> {
        std::fs::write(path, text).map_err(said)
    }

    fn input() -> Result<String, String> {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(said)?;
        Ok(text)
    }

    fn connect(address: String) -> Result<(), String> {
        std::net::TcpStream::connect(address).map(drop).map_err(said)
    }

    fn now() -> u64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| since.as_nanos() as u64)
    }

    fn count() -> u32 {
        CALLS.fetch_add(1, Ordering::Relaxed) + 1
    }
}

fn keep(bytes: usize) {
    black_box(Box::leak(vec![1u8; bytes].into_boxed_slice()));
}

fn write_often(out: &mut dyn Write, text: &str, times: u32, lines: bool) {
    let end = if lines { "\n" } else { "" };
    for _ in 0..times {
        // What becomes of its output is not the guest's matter.
        let _ = write!(out, "{text}{end}");
    }
    let _ = out.flush();
}

fn said(error: std::io::Error) -> String {
    error.to_string()
}

export!(Hostile);
