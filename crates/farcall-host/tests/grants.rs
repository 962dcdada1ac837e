//! What guests reach of the machine: nothing that was not granted.

mod fixtures;

use farcall_host::{Closed, Dir, Grants, Host, Limits, LoadError, Output, Program};
use fixtures::*;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A directory that is removed with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("farcall-host-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn granted(&self, read_only: bool) -> Grants {
        let dir = Dir {
            host: self.0.clone(),
            guest: "/data".into(),
            read_only,
        };
        Grants {
            dirs: vec![dir],
            ..Grants::default()
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn the_environment_is_empty_unless_granted() {
    assert!(std::env::var("PATH").is_ok(), "there is something to hide");
    assert_eq!(
        reaching(Grants::default()).call(ENVIRONMENT, b"", soon()).await,
        Ok(vec![])
    );
    let env = vec![
        ("GREETING".to_owned(), "hello".to_owned()),
        ("EMPTY".to_owned(), String::new()),
    ];
    let program = reaching(Grants {
        env,
        ..Grants::default()
    });
    assert_eq!(
        program.call(ENVIRONMENT, b"", soon()).await,
        Ok(b"GREETING=hello\nEMPTY=\n".to_vec())
    );
}

#[tokio::test]
async fn no_directory_is_visible_unless_granted() {
    assert_eq!(
        reaching(Grants::default()).call(DIRECTORIES, b"", soon()).await,
        Ok(vec![])
    );
    let scratch = Scratch::new("visible");
    std::fs::write(scratch.0.join("note"), "text of the note").unwrap();
    let program = reaching(scratch.granted(true));
    assert_eq!(program.call(DIRECTORIES, b"", soon()).await, Ok(b"/data\n".to_vec()));
    assert_eq!(
        program.call(READ, b"note", soon()).await,
        Ok(b"text of the note".to_vec())
    );
}

#[tokio::test]
async fn a_granted_directory_does_not_lead_out_of_itself() {
    let scratch = Scratch::new("inside");
    let outside = Scratch::new("outside");
    std::fs::write(outside.0.join("secret"), "secret").unwrap();
    let up = format!("../{}/secret", outside.0.file_name().unwrap().to_str().unwrap());
    let program = reaching(scratch.granted(false));
    assert_eq!(program.call(READ, up.as_bytes(), soon()).await, Ok(vec![NOT_PERMITTED]));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.0.join("secret"), scratch.0.join("way-out")).unwrap();
        assert_eq!(program.call(READ, b"way-out", soon()).await, Ok(vec![NOT_PERMITTED]));
    }
}

#[tokio::test]
async fn a_directory_granted_for_reading_takes_no_writes() {
    let scratch = Scratch::new("written");
    assert_eq!(
        reaching(scratch.granted(true)).call(CREATE, b"new", soon()).await,
        Ok(vec![NOT_PERMITTED])
    );
    assert!(!scratch.0.join("new").exists());
    assert_eq!(
        reaching(scratch.granted(false)).call(CREATE, b"new", soon()).await,
        Ok(vec![])
    );
    assert!(scratch.0.join("new").exists());
}

#[tokio::test]
async fn there_is_no_network() {
    let answer = reaching(Grants::default()).call(SOCKET, b"", soon()).await;
    assert_eq!(answer, Ok(vec![ACCESS_DENIED]));
}

#[tokio::test]
async fn output_is_tagged_with_the_component_and_comes_before_the_response() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let program = reaching(Grants {
        stdout: Output::tagged(log.clone()),
        ..Grants::default()
    });
    program.call(PRINT, b"one\ntwo", soon()).await.unwrap();
    program.call(PRINT, b"three\n", soon()).await.unwrap();
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text, "[reach] one\n[reach] two\n[reach] three\n");
}

#[test]
fn a_granted_directory_that_is_not_there_is_told_at_load() {
    let dir = Dir {
        host: "/nowhere/at/all".into(),
        guest: "/data".into(),
        read_only: true,
    };
    let grants = Grants {
        dirs: vec![dir],
        ..Grants::default()
    };
    let error = Program::load(
        &Host::default(),
        "reach",
        &reach(),
        grants,
        Limits::default(),
        Arc::new(Closed),
    );
    let error = error.unwrap_err();
    assert!(matches!(error, LoadError::Directory { .. }));
    assert!(
        error
            .to_string()
            .starts_with("cannot open the granted directory /nowhere/at/all: "),
        "{error}"
    );
}

#[tokio::test]
async fn a_directory_that_went_away_is_told_in_the_call() {
    let scratch = Scratch::new("gone");
    let program = reaching(scratch.granted(true));
    drop(scratch);
    let failure = program.call(DIRECTORIES, b"", soon()).await.unwrap_err();
    assert!(matches!(failure, farcall_host::Failure::Directory { .. }), "{failure}");
}

/// `error-code.not-permitted` of `wasi:filesystem`.
const NOT_PERMITTED: u8 = 31;
/// `error-code.access-denied` of `wasi:sockets`.
const ACCESS_DENIED: u8 = 1;
