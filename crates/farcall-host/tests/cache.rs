//! Compiled code on disk: what is taken from there, and all that is not.

#![cfg(unix)]

mod fixtures;

use farcall_host::{Closed, Grants, Host, HostConfig, Limits, Program};
use fixtures::*;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// A path of the test's own, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("farcall-cache-{}-{}", std::process::id(), COUNT.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn folder(&self) -> PathBuf {
        self.0.join("cache")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn host(folder: &Path) -> Host {
    let mut config = HostConfig::default();
    config.cache = Some(folder.to_owned());
    Host::new(config)
}

fn load_on(host: &Host, component: &[u8]) -> Program {
    Program::load(
        host,
        "it",
        component,
        Grants::default(),
        Limits::default(),
        Arc::new(Closed),
    )
    .unwrap()
}

/// Whether a load took its code from the cache. What was loaded answers, wherever it came from.
async fn cached(folder: &Path, component: &[u8]) -> bool {
    cached_on(&host(folder), component).await
}

async fn cached_on(host: &Host, component: &[u8]) -> bool {
    let program = load_on(host, component);
    assert_eq!(program.call(ECHO, b"whole", soon()).await, Ok(b"whole".to_vec()));
    program.loaded_from_cache()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten();
    files.map(|file| file.unwrap().path()).collect()
}

/// The only file that is there.
fn file(folder: &Path) -> PathBuf {
    let mut files = files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    files.pop().unwrap()
}

fn another() -> Vec<u8> {
    let text = include_str!("fixtures/behaviours.wat").replace("not today", "or never.");
    wat::parse_str(text).unwrap()
}

fn asynchronous() -> Vec<u8> {
    let text = include_str!("fixtures/behaviours.wat").replacen(
        "(component\n",
        "(component (type (func async (param \"s\" (stream u8))))\n",
        1,
    );
    wat::parse_str(text).unwrap()
}

#[tokio::test]
async fn the_second_load_needs_no_compiler() {
    for component in [behaviours(), asynchronous()] {
        let scratch = Scratch::new();
        assert!(!cached(&scratch.folder(), &component).await);
        assert!(cached(&scratch.folder(), &component).await);
        let host = host(&scratch.folder());
        assert!(cached_on(&host, &component).await && cached_on(&host, &component).await);
        assert!(
            !cached(&scratch.folder(), &another()).await,
            "another component is another file"
        );
        assert_eq!(files(&scratch.folder()).len(), 2);
    }
    assert!(!load_on(&Host::default(), &behaviours()).loaded_from_cache());
}

#[tokio::test]
async fn folder_and_files_are_this_users_alone() {
    let scratch = Scratch::new();
    cached(&scratch.folder(), &behaviours()).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&scratch.folder()), 0o700);
    assert_eq!(mode(&file(&scratch.folder())), 0o600);
}

#[tokio::test]
async fn a_file_with_one_byte_changed_is_never_used() {
    let scratch = Scratch::new();
    let (folder, component) = (scratch.folder(), behaviours());
    assert!(!cached(&folder, &component).await);
    let whole = fs::read(file(&folder)).unwrap();
    // Every part of the header, and every 997th byte.
    let places = [0, 8, 12, 44, 76, 83].into_iter().chain((0..whole.len()).step_by(997));
    let host = host(&folder);
    for at in places {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        fs::write(file(&folder), &changed).unwrap();
        assert!(!cached_on(&host, &component).await, "byte {at}");
        assert!(fs::read(file(&folder)).unwrap() != changed, "it is replaced");
    }
    assert!(cached_on(&host, &component).await);
}

#[tokio::test]
async fn a_file_of_another_length_is_never_used() {
    let scratch = Scratch::new();
    let (folder, component) = (scratch.folder(), behaviours());
    assert!(!cached(&folder, &component).await);
    let whole = fs::read(file(&folder)).unwrap();
    let host = host(&folder);
    for length in [0, 1, 83, 84, 85, whole.len() / 2, whole.len() - 1, whole.len() + 1] {
        let mut changed = whole.clone();
        changed.resize(length, 0);
        fs::write(file(&folder), &changed).unwrap();
        assert!(!cached_on(&host, &component).await, "{length} bytes");
    }
    // A sparse file, larger than anything that is read.
    fs::File::options()
        .write(true)
        .open(file(&folder))
        .unwrap()
        .set_len(3 << 30)
        .unwrap();
    assert!(!cached_on(&host, &component).await);
    assert!(cached_on(&host, &component).await);
    assert!(fs::metadata(file(&folder)).unwrap().len() < 1 << 20);
}

#[tokio::test]
async fn a_whole_file_under_another_name_is_never_used() {
    let scratch = Scratch::new();
    let folder = scratch.folder();
    assert!(!cached(&folder, &behaviours()).await);
    let ours = file(&folder);
    let other = Scratch::new();
    assert!(!cached(&other.folder(), &another()).await);
    fs::copy(file(&other.folder()), &ours).unwrap();
    assert!(!cached(&folder, &behaviours()).await);
    let refused = load_on(&host(&folder), &behaviours()).call(REFUSE, b"", soon()).await;
    assert!(refused.unwrap_err().to_string().contains("not today"));
}

#[tokio::test]
async fn links_and_pipes_are_not_followed() {
    let scratch = Scratch::new();
    let (folder, component) = (scratch.folder(), behaviours());
    assert!(!cached(&folder, &component).await);
    let (kept, elsewhere) = (file(&folder), scratch.0.join("elsewhere"));

    fs::rename(&kept, &elsewhere).unwrap();
    symlink(&elsewhere, &kept).unwrap();
    assert!(!cached(&folder, &component).await);
    assert!(fs::symlink_metadata(&kept).unwrap().is_file(), "the link is replaced");
    assert!(elsewhere.exists(), "and not what it led to");

    fs::remove_file(&kept).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &kept, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    assert!(!cached(&folder, &component).await, "and nobody waits for its other end");
    assert!(cached(&folder, &component).await);

    let link = scratch.0.join("link");
    symlink(&folder, &link).unwrap();
    assert!(!cached(&link, &component).await);
}

#[tokio::test]
async fn what_others_may_write_is_not_trusted() {
    let scratch = Scratch::new();
    let (folder, component) = (scratch.folder(), behaviours());
    assert!(!cached(&folder, &component).await);
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();

    for mode in [0o620, 0o602] {
        allow(&file(&folder), mode);
        assert!(!cached(&folder, &component).await, "a file of mode {mode:o}");
        assert!(cached(&folder, &component).await, "it was replaced");
    }
    for mode in [0o720, 0o702, 0o1777] {
        allow(&folder, mode);
        assert!(!cached(&folder, &component).await, "a folder of mode {mode:o}");
        assert!(!cached(&folder, &another()).await);
        assert_eq!(files(&folder).len(), 1, "nothing is written there either");
    }
    allow(&folder, 0o755);
    assert!(cached(&folder, &component).await, "others may read");
}

#[tokio::test]
async fn what_belongs_to_another_user_is_not_trusted() {
    let scratch = Scratch::new();
    let (folder, component) = (scratch.folder(), behaviours());
    assert!(!cached(&folder, &component).await);
    // Only root can give a file away; everyone else finds root's folders.
    if chown(file(&folder), Some(12_345), None).is_err() {
        assert!(!cached(Path::new("/"), &component).await);
        return;
    }
    assert!(!cached(&folder, &component).await);
    assert!(cached(&folder, &component).await, "it was replaced");
    chown(&folder, Some(12_345), None).unwrap();
    assert!(!cached(&folder, &component).await);
}

#[tokio::test]
async fn trouble_with_the_folder_never_fails_a_load() {
    let scratch = Scratch::new();
    fs::create_dir_all(&scratch.0).unwrap();
    let in_the_way = scratch.0.join("file");
    fs::write(&in_the_way, b"").unwrap();
    assert!(!cached(&in_the_way, &behaviours()).await, "a file is no folder");
    assert!(
        !cached(&in_the_way.join("below"), &behaviours()).await,
        "and has none below"
    );

    let folder = scratch.folder();
    assert!(!cached(&folder, &behaviours()).await);
    let name = file(&folder);
    fs::remove_file(&name).unwrap();
    fs::create_dir(&name).unwrap();
    assert!(
        !cached(&folder, &behaviours()).await,
        "a folder in the place of the file"
    );
    assert_eq!(files(&folder), [name], "and nothing is left unfinished");
}

#[tokio::test]
async fn the_folder_grows_to_its_limit_and_no_further() {
    let scratch = Scratch::new();
    let folder = scratch.folder();
    assert!(!cached(&folder, &behaviours()).await);
    let one = fs::metadata(file(&folder)).unwrap().len();
    let within = |limit| {
        let mut config = HostConfig::default();
        config.cache = Some(folder.clone());
        config.cache_bytes = limit;
        Host::new(config)
    };
    let host = within(one * 5 / 2);
    for text in ["one here.", "two here.", "three it.", "four now."] {
        let text = include_str!("fixtures/behaviours.wat").replace("not today", text);
        let component = wat::parse_str(text).unwrap();
        assert!(!cached_on(&host, &component).await);
        assert!(cached_on(&host, &component).await, "the newest stays");
        assert!(files(&folder).len() <= 2);
    }
    let small = within(one / 2);
    assert!(!cached_on(&small, &another()).await);
    assert!(!cached_on(&small, &another()).await, "what has no room is not kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hosts_that_share_a_folder_do_not_disturb_each_other() {
    let scratch = Scratch::new();
    let folder = scratch.folder();
    let hosts = (0..4).map(|number| {
        let folder = folder.clone();
        tokio::spawn(async move {
            let host = host(&folder);
            for round in 0..15 {
                cached_on(&host, &behaviours()).await;
                if number == 0 && round % 3 == 0 {
                    for file in files(&folder) {
                        // Another may have replaced or removed it; what is not there any more is not made again.
                        let opened = fs::OpenOptions::new().write(true).truncate(true).open(file);
                        let _ = opened.and_then(|mut file| std::io::Write::write_all(&mut file, b"half"));
                    }
                }
            }
        })
    });
    for host in hosts.collect::<Vec<_>>() {
        host.await.unwrap();
    }
    cached(&folder, &behaviours()).await;
    assert!(cached(&folder, &behaviours()).await);
    assert_eq!(files(&folder).len(), 1, "nothing unfinished is left");
}
