//! Where each language's tools are, as what `build.sh` is told in its environment. Runs nothing but questions for versions.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Variables for a `build.sh`.
pub type Environment = Vec<(&'static str, String)>;

/// What `build.sh` of a language is told; `None` is a skip.
pub fn of(language: &str) -> Option<Environment> {
    let found = match language {
        "rust" => rust(),
        "c" => wasi("WASI_CC", "clang", "cc"),
        "cpp" => wasi("WASI_CXX", "clang++", "c++"),
        "python" => package("componentize-py/bin/componentize-py").map(|tool| vec![("COMPONENTIZE_PY", tool)]),
        "js" => package("node/node_modules/.bin/jco").map(|tool| vec![("JCO", tool)]),
        "go" => go(),
        other => panic!("no language {other}"),
    };
    match found {
        Ok(environment) => Some(environment),
        Err(reason) => {
            let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
            assert!(!required, "FARCALL_REQUIRE_ALL is set, and {language}: {reason}");
            println!("skipped: {language}: {reason}");
            None
        }
    }
}

fn rust() -> Result<Environment, String> {
    let version = said("rustc", &["--version"])?;
    let version = version.split(' ').nth(1).unwrap_or_default();
    let own = PathBuf::from(said("rustc", &["--print", "sysroot"])?.trim());
    let built = packages().join(format!("rust/sysroot-{version}"));
    let has_target = |sysroot: &Path| {
        let libraries = std::fs::read_dir(sysroot.join("lib/rustlib/wasm32-wasip2/lib"));
        libraries.is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.path().extension() == Some("rlib".as_ref())))
        })
    };
    // As `cargo xtask guests` does, a folder for each standard library: what it compiled there is taken.
    let target = |folder: &str| ("CARGO_TARGET_DIR", text(packages().join("..").join(folder)));
    if has_target(&own) {
        return Ok(vec![target("guests-build")]);
    }
    if has_target(&built) {
        let flags = format!("--sysroot={}", text(built));
        let flags = ("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", flags);
        return Ok(vec![target("guests-build-own-std"), flags]);
    }
    Err("there is no target wasm32-wasip2; `cargo xtask guests` gets it".into())
}

// Zig's clang where it was installed, else one on the path that has WASI, which `build.sh` would find itself.
fn wasi(variable: &'static str, clang: &str, zig: &str) -> Result<Environment, String> {
    if let Ok(python) = package("python/bin/python") {
        let cache = text(packages().join("zig-cache"));
        return Ok(vec![
            (variable, format!("{python} -m ziglang {zig}")),
            ("ZIG_GLOBAL_CACHE_DIR", cache.clone()),
            ("ZIG_LOCAL_CACHE_DIR", cache),
        ]);
    }
    let newer = format!("{clang}-19");
    let mut clangs = [newer.as_str(), clang].into_iter();
    match clangs.find(|clang| {
        said(clang, &["--target=wasm32-wasi", "-print-file-name=crt1-reactor.o"]).is_ok_and(|at| at.contains('/'))
    }) {
        Some(clang) => Ok(vec![(variable, clang.to_string())]),
        None => Err("neither Zig of `cargo xtask guests` nor a clang that knows WASI".into()),
    }
}

fn go() -> Result<Environment, String> {
    let version = said("go", &["env", "GOVERSION"])?;
    let minor = version
        .trim()
        .strip_prefix("go1.")
        .and_then(|rest| rest.split('.').next()?.parse().ok());
    match minor {
        Some(25..) => Ok(vec![("GOTOOLCHAIN", "local".into())]),
        _ => Err(format!("Go is {}, 1.25 is needed", version.trim())),
    }
}

fn package(path: &str) -> Result<String, String> {
    let place = packages().join(path);
    match place.exists() {
        true => Ok(text(place)),
        false => Err(format!("`cargo xtask guests` has not installed {path}")),
    }
}

fn packages() -> PathBuf {
    // A symbolic link of a virtual environment stays as it is: it says where the packages are.
    std::path::absolute(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/guest-packages")).expect("a path")
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().expect("a path in UTF-8")
}

fn said(program: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null());
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(format!("{program}: {}", output.status)),
        Err(error) => Err(format!("there is no {program}: {error}")),
    }
}
