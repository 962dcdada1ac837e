//! A listening socket, and the file that a unix socket leaves. Serves nothing.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener, UnixSocket, UnixStream};

use crate::address::{Address, MAX_UNIX_PATH, UNIX, unix_path};
use crate::stream::Stream;

/// A socket that takes connections. Its file, if it has one, goes with it.
pub(super) struct Listener {
    socket: Socket,
    address: Address,
}

enum Socket {
    Tcp(TcpListener),
    Unix { listener: UnixListener, _file: SocketFile },
}

impl Listener {
    /// Listen on `host:port`, `http://host:port` or `unix:/path`.
    pub(super) async fn bind(listen: &str) -> io::Result<Listener> {
        if let Some(path) = listen.strip_prefix(UNIX) {
            return bind_unix(path).await;
        }
        let listener = TcpListener::bind(listen.strip_prefix("http://").unwrap_or(listen)).await?;
        let address = Address::Tcp(listener.local_addr()?);
        Ok(Listener {
            socket: Socket::Tcp(listener),
            address,
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection, and who that is; callers of a unix socket have no address.
    pub(super) async fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
        match &self.socket {
            Socket::Tcp(listener) => {
                let (io, peer) = listener.accept().await?;
                Ok((Stream::Tcp(io), Some(peer)))
            }
            Socket::Unix { listener, .. } => Ok((Stream::Unix(listener.accept().await?.0), None)),
        }
    }
}

async fn bind_unix(path: &str) -> io::Result<Listener> {
    if path.len() > MAX_UNIX_PATH {
        let message = format!(
            "the path of {} bytes is over the system's limit of {MAX_UNIX_PATH}",
            path.len()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let path = unix_path(path).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
    let _only_one = lock_folder(&path).await?;
    remove_if_dead(&path).await?;
    let socket = UnixSocket::new_stream()?;
    // On Linux the file gets the socket's own mode, so that it is never open to others, not even for a moment.
    File::from(socket.as_fd().try_clone_to_owned()?).set_permissions(owner_only())?;
    socket.bind(&path)?;
    let file = SocketFile::at(path.clone())?;
    fs::set_permissions(&path, owner_only())?;
    Ok(Listener {
        socket: Socket::Unix {
            listener: socket.listen(BACKLOG)?,
            _file: file,
        },
        address: Address::Unix(path),
    })
}

/// Of two servers that find the same dead socket one must not remove what the other has just made: they take turns.
async fn lock_folder(path: &Path) -> io::Result<Option<File>> {
    let folder = File::open(path.parent().unwrap_or(Path::new("/")))?;
    for _ in 0..LOCK_ATTEMPTS {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
            // A file system without locks.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::ResourceBusy,
        "its folder stays locked by another process",
    ))
}

async fn remove_if_dead(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !found.file_type().is_socket() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "something is there that is no socket",
        ));
    }
    match UnixStream::connect(path).await {
        Ok(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "the socket is in use")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // EAGAIN: a server is there whose backlog is full.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            Err(io::Error::new(io::ErrorKind::AddrInUse, "the socket is in use"))
        }
        Err(error) => Err(error),
    }
}

/// The file of a bound unix socket, removed with this value if it is still the same one.
struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl SocketFile {
    fn at(path: PathBuf) -> io::Result<SocketFile> {
        let found = fs::symlink_metadata(&path)?;
        Ok(SocketFile {
            path,
            device: found.dev(),
            inode: found.ino(),
        })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let same =
            fs::symlink_metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == (self.device, self.inode));
        if same && let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "the socket's file stays behind");
        }
    }
}

fn owner_only() -> Permissions {
    Permissions::from_mode(0o600)
}

const BACKLOG: u32 = 1024;
const LOCK_ATTEMPTS: usize = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(10);
