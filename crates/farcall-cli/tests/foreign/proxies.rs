//! Proxies between a caller and a server, HTTP/2 without TLS on both sides. What a server says to a caller is tested elsewhere.

use std::path::Path;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::process::Child;

use crate::harness::{Server, calc, ended, run, text, within};
use crate::tools::{file, on_path, passes, program, python, python_program};

#[tokio::test]
async fn calls_pass_through_nginx() {
    let Some(nginx) = on_path("nginx") else { return };
    let proxy = Proxy::configured("nginx.conf").await;
    let config = proxy.config.clone();
    let prefix = proxy.folder.path().to_path_buf();
    proxy
        .passes(program(nginx).args(["-e", "stderr", "-p", text(&prefix), "-c", &config]))
        .await;
}

#[tokio::test]
async fn calls_pass_through_haproxy() {
    let Some(haproxy) = on_path("haproxy") else { return };
    let proxy = Proxy::configured("haproxy.cfg").await;
    let config = proxy.config.clone();
    proxy.passes(program(haproxy).args(["-db", "-f", &config])).await;
}

#[tokio::test]
async fn calls_pass_through_envoy() {
    let Some(envoy) = python_program("envoy") else { return };
    let proxy = Proxy::configured("envoy.yaml").await;
    let config = proxy.config.clone();
    let mut command = program(envoy);
    command.args([
        "--disable-hot-restart",
        "--concurrency",
        "1",
        "--log-level",
        "warn",
        "-c",
        &config,
    ]);
    proxy.passes(&mut command).await;
}

/// A server, and what a proxy in front of it needs.
struct Proxy {
    server: Server,
    folder: tempfile::TempDir,
    config: String,
    /// Where the proxy listens: nobody else can take it, as could be with a port.
    socket: String,
}

impl Proxy {
    async fn configured(name: &str) -> Proxy {
        // One call of the script lasts as long as the server lets it.
        let server = Server::start(&[&calc(), "--deadline", "5s"]).await;
        let folder = tempfile::tempdir().expect("a folder");
        open_to_all(folder.path());
        let socket = text(&folder.path().join("in")).to_string();
        let (host, port) = server
            .url()
            .strip_prefix("http://")
            .and_then(|address| address.rsplit_once(':'))
            .expect("a URL");
        let template = std::fs::read_to_string(file("proxies").join(name)).expect("the configuration is there");
        let filled = template
            .replace("{socket}", &socket)
            .replace("{host}", host)
            .replace("{port}", port);
        let config = folder.path().join(name);
        std::fs::write(&config, filled.replace("{folder}", text(folder.path()))).expect("it can be written");
        let config = text(&config).to_string();
        Proxy {
            server,
            folder,
            config,
            socket,
        }
    }

    /// Starts the proxy and calls through it, as native bytes with our own client, then as protobuf with grpcio.
    async fn passes(self, command: &mut tokio::process::Command) {
        command.current_dir(self.folder.path());
        let mut proxy = command.spawn().expect("the proxy starts");
        if !within(self.listens(&mut proxy)).await {
            let ended = ended(proxy).await;
            panic!(
                "the proxy ended with {:?}:\n{}{}",
                ended.code, ended.stdout, ended.stderr
            );
        }
        let target = format!("unix:{}", self.socket);
        run(&["call", &target, "add(2, 40)"]).await.prints("42\n");
        run(&["call", &target, "divide(1, 0)"])
            .await
            .prints("err(\"division by zero\")\n");
        run(&["call", &target, "crash()"])
            .await
            .fails(1, &["INTERNAL", "unreachable"]);
        run(&["call", &target, "spin()", "--deadline", "300ms"])
            .await
            .fails(1, &["DEADLINE_EXCEEDED"]);
        if let Some(python) = python() {
            passes(program(python).arg(file("python/calc_grpcio.py")).arg(&target)).await;
        }
        run(&["call", self.server.url(), "add(2, 40)"]).await.prints("42\n");
        proxy.kill().await.expect("the proxy ends");
    }

    /// Whether it takes connections, before it ends.
    async fn listens(&self, proxy: &mut Child) -> bool {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while UnixStream::connect(&self.socket).await.is_err() {
            if proxy.try_wait().is_ok_and(|ended| ended.is_some()) {
                return false;
            }
            tick.tick().await;
        }
        true
    }
}

/// A proxy that is started by root drops its rights, and still has to reach its files.
fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("the folder is ours");
}
