//! `farcall.toml`: what to serve, where, with which links, policies, limits and grants.
//!
//! Says nothing that flags cannot say, and opens nothing: it gives [`Source`]s and [`Settings`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use farcall_host::Policy;
use farcall_net::Cors;
use serde::Deserialize;

use crate::built_in::BuiltIn;
use crate::error::Error;
use crate::folder::Source;
use crate::settings::{self, Settings};

/// A configuration file, read.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where to listen; empty if the file does not say.
    pub listen: Vec<String>,
    /// What is offered besides the components' functions.
    pub built_in: BuiltIn,
    /// Pages of which other origins may call from a browser.
    pub cors: Option<Cors>,
    /// What holds for every component.
    pub all: Settings,
    /// The components, in the file's order.
    pub components: Vec<Configured>,
}

/// One `[[component]]`.
#[derive(Clone, Debug)]
pub struct Configured {
    /// A file, or a folder whose `.wasm` files are each compiled at their first call.
    pub path: PathBuf,
    /// What it says beyond [`Config::all`].
    pub settings: Settings,
}

impl Config {
    /// Reads a file. Paths in it are relative to its folder. A key that is not known is an error with its line.
    pub fn read(path: &Path) -> Result<Config, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Read {
            path: path.into(),
            source,
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Config::parse(&text, folder).map_err(|why| Error::Config { path: path.into(), why })
    }

    fn parse(text: &str, folder: &Path) -> Result<Config, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_string())?;
        let components = file.component.into_iter().map(|entry| {
            let path = match (&entry.file, &entry.folder) {
                (Some(path), None) | (None, Some(path)) => folder.join(path),
                _ => return Err("each [[component]] has a `file` or a `folder`".to_string()),
            };
            let place = path.display().to_string();
            if entry.folder.is_some() && entry.name.is_some() {
                return Err(format!(
                    "{place}: a folder's components have their files' names, not `name`"
                ));
            }
            if entry.folder.is_some() && entry.wit.is_some() {
                return Err(format!(
                    "{place}: `wit` is what one program serves, and this is a folder"
                ));
            }
            let settings = entry.settings(folder).map_err(|why| format!("{place}: {why}"))?;
            Ok(Configured { path, settings })
        });
        let components = components.collect::<Result<_, _>>()?;
        let listen = file.listen.map(Several::into_vec).unwrap_or_default();
        let all = Entry {
            policy: file.policy,
            deadline: file.deadline,
            max_message: file.max_message,
            memory: file.memory,
            env: file.env,
            dirs: file.dirs,
            links: file.links,
            world_functions: file.world_functions,
            all_exports: file.all_exports,
            device: file.device,
            ..Entry::default()
        };
        let built_in = BuiltIn {
            interfaces: file.interfaces.unwrap_or(true),
            health: file.health.unwrap_or(true),
            reflection: file.reflection.unwrap_or(true),
            openapi: file.openapi.unwrap_or(true),
        };
        let cors = file.cors.map(|origins| Cors::new(&origins.into_vec())).transpose();
        let cors = cors.map_err(|error| format!("cors: {error}"))?;
        Ok(Config {
            listen,
            built_in,
            cors,
            all: all.settings(folder)?,
            components,
        })
    }
}

impl Configured {
    /// Its component, or all of its folder's, with `all` behind what it says itself.
    pub fn sources(&self, finish: &dyn Fn(Settings) -> crate::ComponentConfig) -> Result<Vec<Source>, Error> {
        let source = |path: PathBuf, at_first_call: bool| Source {
            path,
            config: finish(self.settings.clone()),
            at_first_call,
        };
        match self.path.is_dir() {
            false => Ok(vec![source(self.path.clone(), false)]),
            true => {
                let files = settings::components_in(&self.path)?;
                Ok(files.into_iter().map(|file| source(file, true)).collect())
            }
        }
    }
}

/// The file's own keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    listen: Option<Several>,
    interfaces: Option<bool>,
    health: Option<bool>,
    reflection: Option<bool>,
    openapi: Option<bool>,
    cors: Option<Several>,
    #[serde(default)]
    component: Vec<Entry>,
    policy: Option<String>,
    deadline: Option<String>,
    max_message: Option<Size>,
    memory: Option<Size>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    dirs: Vec<String>,
    #[serde(default)]
    links: BTreeMap<String, Several>,
    world_functions: Option<bool>,
    all_exports: Option<bool>,
    device: Option<String>,
}

/// A component's keys.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
    name: Option<String>,
    policy: Option<String>,
    deadline: Option<String>,
    max_message: Option<Size>,
    memory: Option<Size>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    dirs: Vec<String>,
    #[serde(default)]
    links: BTreeMap<String, Several>,
    world_functions: Option<bool>,
    all_exports: Option<bool>,
    device: Option<String>,
    wit: Option<PathBuf>,
}

impl Entry {
    fn settings(self, folder: &Path) -> Result<Settings, String> {
        let mut settings = Settings {
            name: self.name,
            env: self.env.into_iter().collect(),
            world_functions: self.world_functions,
            all_exports: self.all_exports,
            device: self.device,
            wit: self.wit.map(|wit| folder.join(wit)),
            ..Settings::default()
        };
        if let Some(policy) = self.policy {
            let policy: Policy = policy.parse().map_err(|error| format!("policy: {error}"))?;
            settings.policy = Some(policy);
        }
        if let Some(deadline) = self.deadline {
            let deadline = humantime::parse_duration(&deadline).map_err(|error| format!("deadline: {error}"))?;
            settings.deadline = Some(deadline);
        }
        settings.max_message = size("max-message", self.max_message)?;
        settings.memory = size("memory", self.memory)?;
        for text in self.dirs {
            let dir = settings::dir(&text, folder).map_err(|error| error.to_string())?;
            settings.dirs.push(dir);
        }
        for (import, targets) in self.links {
            let link = format!("{import}={}", targets.into_vec().join(","));
            let added = settings.links.add_relative(&link, folder);
            added.map_err(|error| format!("links: {error}"))?;
        }
        Ok(settings)
    }
}

/// One text, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Several {
    One(String),
    Many(Vec<String>),
}

impl Several {
    fn into_vec(self) -> Vec<String> {
        match self {
            Several::One(one) => vec![one],
            Several::Many(many) => many,
        }
    }
}

/// `"4MiB"`, or bytes as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(u64),
    Text(String),
}

fn size(key: &str, size: Option<Size>) -> Result<Option<usize>, String> {
    let bytes = match size {
        None => return Ok(None),
        Some(Size::Bytes(bytes)) => bytes,
        Some(Size::Text(text)) => {
            let parsed: bytesize::ByteSize = text.parse().map_err(|error| format!("{key}: {text}: {error}"))?;
            parsed.as_u64()
        }
    };
    usize::try_from(bytes)
        .map(Some)
        .map_err(|_| format!("{key}: {bytes} bytes are more than this machine can address"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_file_says_what_flags_say() {
        let text = r#"
            listen = ["127.0.0.1:0", "unix:/tmp/f.sock"]
            deadline = "5s"
            max-message = "1MiB"

            [links]
            "demo:calc/ops" = ["http://a:1", "http://b:2"]

            [[component]]
            file = "calc.wasm"
            policy = "pooled"
            memory = 1048576
            env = { MODE = "fast" }
            dirs = ["data::/data"]
            links = { "demo:log/sink" = "sink.wasm" }
            wit = "calc.wit"

            [[component]]
            folder = "/all"
        "#;
        let config = Config::parse(text, Path::new("/etc/farcall")).unwrap();
        assert_eq!(config.listen, ["127.0.0.1:0", "unix:/tmp/f.sock"]);
        let [calc, all] = config.components.as_slice() else {
            panic!("two components")
        };
        assert_eq!(
            (calc.path.as_path(), all.path.as_path()),
            (Path::new("/etc/farcall/calc.wasm"), Path::new("/all"))
        );
        let calc = calc.settings.clone().over(config.all.clone()).component();
        assert_eq!(calc.policy, Policy::Pooled);
        assert_eq!((calc.limits.memory, calc.limits.message), (1 << 20, 1 << 20));
        assert_eq!(calc.limits.deadline, Duration::from_secs(5));
        assert_eq!(calc.grants.env, [("MODE".to_string(), "fast".to_string())]);
        assert_eq!(calc.grants.dirs[0].host, Path::new("/etc/farcall/data"));
        let links = format!("{:?}", calc.links);
        assert!(links.contains("/etc/farcall/sink.wasm"), "{links}");
        assert_eq!(calc.wit.as_deref(), Some(Path::new("/etc/farcall/calc.wit")));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let wrong = |text: &str| Config::parse(text, Path::new("")).unwrap_err();
        assert!(wrong("lisen = 'x'").contains("lisen"));
        assert!(wrong("lisen = 'x'").contains("line 1"));
        assert!(wrong("[[component]]\nname = 'a'").contains("`file` or a `folder`"));
        assert!(wrong("[[component]]\nfile = 'a'\nfolder = 'b'").contains("`file` or a `folder`"));
        assert!(wrong("policy = 'fast'").contains("policy"));
        assert!(wrong("deadline = 'soon'").contains("deadline"));
        assert!(wrong("memory = 'much'").contains("memory"));
        assert!(wrong("dirs = ['data']").contains("HOST::GUEST"));
        assert!(wrong("[links]\n'a:b/c' = ''").contains("links"));
        assert!(wrong("[[component]]\nfile = 'a.wasm'\nlisten = 'x'").contains("listen"));
        assert!(wrong("[[component]]\nfolder = 'a'\nwit = 'a.wit'").contains("a folder"));
    }

    #[test]
    fn what_is_said_nearer_wins() {
        let parse = |text: &str| Config::parse(text, Path::new("")).unwrap().all;
        let above = parse("deadline = '1s'\nenv = { A = '1', B = '1' }\nlinks = { 'a:b/c' = 'http://x:1' }");
        let below = parse(
            "deadline = '2s'\nmemory = 7\nenv = { B = '2', C = '2' }\nlinks = { 'a:b/c' = 'http://y:1', 'd:e/f' = 'http://y:1' }",
        );
        let both = above.over(below).component();
        assert_eq!((both.limits.deadline, both.limits.memory), (Duration::from_secs(1), 7));
        let env: Vec<_> = both
            .grants
            .env
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(env, ["C=2", "A=1", "B=1"]);
        let links = format!("{:?}", both.links);
        assert!(links.contains("x:1") && links.contains("d:e/f"), "{links}");
    }
}
