//! Unix sockets: the file, its mode, its end, and who may take its place.

use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use farcall_net::{Address, BindError, ClientConfig, Code, Executed, Request, Server, ServerConfig};

use crate::fixture::{Served, Way, in_time};

async fn bind_fails(served: &Served, listen: &str) -> BindError {
    match Server::bind(listen, served.functions.clone(), ServerConfig::default()).await {
        Ok(_) => panic!("listening on {listen}"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn the_file_is_the_owners_alone_and_goes_with_the_server() {
    let mut served = Served::over(Way::UnixGrpc, ServerConfig::default()).await;
    let _folder = served.folder.take();
    let path = served.address.path().unwrap().to_owned();
    let found = std::fs::metadata(&path).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    let channel = served.channel();
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    served.ended().await;
    assert!(!path.exists());
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert!(
        status
            .message
            .starts_with(&format!("nothing listens at unix:{}", path.display())),
        "{status}"
    );
}

#[tokio::test]
async fn a_server_that_is_dropped_unserved_leaves_no_file() {
    let served = Served::over(Way::UnixGrpc, ServerConfig::default()).await;
    let path = served.folder.as_ref().unwrap().path().join("other");
    let listen = format!("unix:{}", path.display());
    let server = Server::bind(&listen, served.functions.clone(), ServerConfig::default())
        .await
        .unwrap();
    assert_eq!(server.local_addr(), &Address::Unix(path.clone()));
    assert_eq!(server.local_addr().to_string(), listen);
    assert!(path.exists());
    drop(server);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_live_socket_is_in_use() {
    let served = Served::over(Way::UnixGrpc, ServerConfig::default()).await;
    let error = bind_fails(&served, &served.address.to_string()).await;
    assert_eq!(error.source.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains("in use"), "{error}");
    served.channel().call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn a_dead_socket_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let served = Served::at(&format!("unix:{}", path.display()), ServerConfig::default()).await;
    served.channel().call(Request::new("/t.T/Echo", "")).await.unwrap();
}

#[tokio::test]
async fn what_is_no_socket_is_never_removed() {
    let served = Served::over(Way::UnixGrpc, ServerConfig::default()).await;
    let folder = served.folder.as_ref().unwrap().path();
    let file = folder.join("file");
    std::fs::write(&file, "precious").unwrap();
    let link = folder.join("link");
    symlink(served.address.path().unwrap(), &link).unwrap();
    let subfolder = folder.join("folder");
    std::fs::create_dir(&subfolder).unwrap();
    for path in [&file, &link, &subfolder] {
        let error = bind_fails(&served, &format!("unix:{}", path.display())).await;
        assert_eq!(error.source.kind(), std::io::ErrorKind::AlreadyExists, "{error}");
        assert!(path.symlink_metadata().is_ok());
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}

#[tokio::test]
async fn a_file_that_took_the_sockets_place_stays() {
    let mut served = Served::over(Way::UnixGrpc, ServerConfig::default()).await;
    let _folder = served.folder.take();
    let path = served.address.path().unwrap().to_owned();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "somebody else's").unwrap();
    served.ended().await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody else's");
}

#[tokio::test]
async fn a_path_that_cannot_be_is_named() {
    let served = Served::start().await;
    let long = format!("unix:/{}", "p".repeat(200));
    for (listen, said) in [
        (long.as_str(), "over the system's limit"),
        ("unix:", "lacks a path"),
        ("unix:a", "begins with one slash"),
        ("unix:/no/such/folder/s", "No such file"),
    ] {
        let error = bind_fails(&served, listen).await;
        assert_eq!(error.listen, listen);
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn servers_that_start_at_once_leave_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    drop(UnixListener::bind(&path).unwrap());
    let listen = format!("unix:{}", path.display());
    let functions = Served::start().await.functions;
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let (listen, functions) = (listen.clone(), functions.clone());
            tokio::spawn(async move { Server::bind(&listen, functions, ServerConfig::default()).await })
        })
        .collect();
    let mut servers = Vec::new();
    for attempt in attempts {
        servers.extend(in_time(attempt).await.unwrap());
    }
    assert_eq!(servers.len(), 1);
    assert!(path.exists());
}

#[tokio::test]
async fn a_list_mixes_sockets_and_ports() {
    let unix = Served::over(Way::UnixGrpc, ServerConfig::default()).await;
    let tcp = Served::start().await;
    let target = format!("{},{}", unix.address, tcp.address);
    let channel = farcall_net::Channel::new(target.parse().unwrap(), ClientConfig::default());
    for _ in 0..100 {
        channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    }
    let counts = [&unix, &tcp].map(|served| served.gauges.calls_started());
    assert_eq!(counts.iter().sum::<u64>(), 100);
    assert!(counts.iter().all(|count| *count > 10), "{counts:?}");
}
