//! The arrows between crates, and the crates of others that only some may use. Development dependencies are free.

use anyhow::{Context, Result};
use std::path::Path;

/// Who may depend on whom, below one's own line only.
const ARROWS: [(&str, &[&str]); 11] = [
    ("farcall-macros", &[]),
    ("farcall-bindgen", &["farcall-wit"]),
    ("farcall-guest", &["farcall-macros"]),
    ("farcall-wit", &[]),
    ("farcall-codec", &["farcall-wit"]),
    ("farcall-adapter", &["farcall-wit", "farcall-codec"]),
    ("farcall-net", &[]),
    ("farcall-host", &["farcall-adapter", "farcall-wit"]),
    (
        "farcall",
        &[
            "farcall-host",
            "farcall-net",
            "farcall-adapter",
            "farcall-bindgen",
            "farcall-codec",
            "farcall-wit",
        ],
    ),
    ("farcall-project", &["farcall-adapter", "farcall-wit"]),
    ("farcall-cli", &["farcall", "farcall-project"]),
];

/// A crate of others, and all who may use it.
const ONLY: [(&str, &[&str]); 9] = [
    ("wasmtime", &["farcall-host"]),
    ("wasmtime-wasi", &["farcall-host"]),
    ("wasm-encoder", &["farcall-adapter"]),
    ("wac-graph", &["farcall-adapter"]),
    ("wit-parser", &["farcall-wit"]),
    ("wit-component", &["farcall-wit", "farcall-adapter"]),
    ("anyhow", &["farcall-cli", "xtask"]),
    ("clap", &["farcall-cli", "xtask"]),
    ("hyper", &["farcall-net"]),
];

/// Crates without asynchrony, sockets, engine and clock.
const PURE: [&str; 3] = ["farcall-wit", "farcall-codec", "farcall-adapter"];
const IMPURE: [&str; 8] = [
    "tokio",
    "futures",
    "futures-util",
    "hyper",
    "h2",
    "http",
    "connectrpc",
    "wasmtime",
];

/// What is wrong with the manifests.
pub fn faults(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut members = vec![root.join("xtask")];
    for entry in std::fs::read_dir(root.join("crates"))? {
        members.push(entry?.path());
    }
    members.sort();
    for member in members {
        let path = member.join("Cargo.toml");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        faults.extend(faults_of(&text).with_context(|| path.display().to_string())?);
    }
    Ok(faults)
}

fn faults_of(manifest: &str) -> Result<Vec<String>> {
    let manifest: toml::Table = manifest.parse()?;
    let package = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str);
    let package = package.context("no package name")?;
    let mut faults = Vec::new();
    for dependency in dependencies(&manifest) {
        if dependency == "farcall" || dependency.starts_with("farcall-") {
            let arrows = ARROWS.iter().find(|(from, _)| *from == package).map(|(_, to)| *to);
            if !arrows.is_some_and(|to| to.contains(&dependency.as_str())) {
                faults.push(format!(
                    "{package} may not depend on {dependency}: the arrows point elsewhere"
                ));
            }
        }
        let owners = ONLY
            .iter()
            .find(|(name, _)| *name == dependency)
            .map(|(_, owners)| *owners);
        if owners.is_some_and(|owners| !owners.contains(&package)) {
            faults.push(format!(
                "{package} may not depend on {dependency}: only {} may",
                owners.unwrap_or_default().join(", ")
            ));
        }
        if PURE.contains(&package) && IMPURE.contains(&dependency.as_str()) {
            faults.push(format!(
                "{package} may not depend on {dependency}: it knows no call, no socket, no engine, no clock"
            ));
        }
    }
    Ok(faults)
}

// The names of normal and build dependencies, of every platform.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let mut found = Vec::new();
    let platforms = manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(|table| table.values());
    let tables = std::iter::once(manifest).chain(platforms.filter_map(toml::Value::as_table));
    for table in tables {
        for kind in ["dependencies", "build-dependencies"] {
            let Some(dependencies) = table.get(kind).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in dependencies {
                let renamed = value.get("package").and_then(toml::Value::as_str);
                found.push(renamed.unwrap_or(name).to_string());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_against_the_arrows_is_a_fault() {
        let manifest = "[package]\nname = \"farcall-net\"\n[dependencies]\nwasmtime = \"48\"\nw = { package = \"farcall-wit\", path = \"x\" }\n";
        assert_eq!(faults_of(manifest).unwrap().len(), 2);
        let manifest = "[package]\nname = \"farcall-wit\"\n[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n";
        assert_eq!(faults_of(manifest).unwrap().len(), 1);
    }

    #[test]
    fn development_dependencies_are_free() {
        let manifest = "[package]\nname = \"farcall-codec\"\n[dependencies]\nfarcall-wit.workspace = true\n[dev-dependencies]\nwasmtime = \"48\"\n";
        assert!(faults_of(manifest).unwrap().is_empty());
    }
}
