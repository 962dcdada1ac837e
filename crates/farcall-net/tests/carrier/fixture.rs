//! A served service whose functions say when they begin and when they are dropped, and channels to it, over every way
//! that a call can go.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farcall_net::{
    Address, BoxFuture, Channel, ClientConfig, Code, Drained, Envelope, Executed, Request, Response, Server,
    ServerConfig, ServerGauges, Service, Status,
};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// How calls go: envelope, HTTP, and socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Grpc,
    Connect,
    Http1,
    UnixGrpc,
    UnixConnect,
}

impl Way {
    /// How many connections this many calls at once need.
    pub fn connections(self, calls: u64) -> u64 {
        if self.is_http1() { calls } else { 1 }
    }

    pub fn is_http1(self) -> bool {
        self == Way::Http1
    }

    /// A way's channel; what the test sets stays.
    pub fn config(self, config: ClientConfig) -> ClientConfig {
        ClientConfig {
            envelope: match self {
                Way::Grpc | Way::UnixGrpc => Envelope::Grpc,
                Way::Connect | Way::Http1 | Way::UnixConnect => Envelope::Connect,
            },
            http1_only: self.is_http1(),
            ..config
        }
    }
}

/// Runs each of these tests over every way.
macro_rules! over_every_way {
    ($($name:ident),* $(,)?) => {
        over_every_way!(@ grpc Grpc [$($name)*]);
        over_every_way!(@ connect Connect [$($name)*]);
        over_every_way!(@ http1 Http1 [$($name)*]);
        over_every_way!(@ unix_grpc UnixGrpc [$($name)*]);
        over_every_way!(@ unix_connect UnixConnect [$($name)*]);
    };
    (@ $module:ident $way:ident [$($name:ident)*]) => {
        mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::fixture::Way::$way).await;
            })*
        }
    };
}
pub(crate) use over_every_way;

/// What a running function tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    Began,
    Dropped,
}

pub struct Functions {
    events: mpsc::UnboundedSender<Event>,
    /// Lets `/t.T/Wait` go on.
    pub release: Notify,
}

impl Functions {
    fn guard(&self) -> Guard {
        // A test that does not listen has dropped the receiver.
        let _ = self.events.send(Event::Began);
        Guard(self.events.clone())
    }
}

struct Guard(mpsc::UnboundedSender<Event>);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Dropped);
    }
}

impl Service for Functions {
    fn knows(&self, path: &str) -> bool {
        path.starts_with("/t.T/")
    }

    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(async move {
            match request.path.as_str() {
                "/t.T/Echo" => Ok(Response::new(request.body)),
                "/t.T/Codec" => Ok(Response::new(format!("{:?}", request.codec))),
                "/t.T/Hang" => {
                    let _guard = self.guard();
                    std::future::pending().await
                }
                "/t.T/Wait" => {
                    let mut released = std::pin::pin!(self.release.notified());
                    released.as_mut().enable();
                    let _guard = self.guard();
                    released.await;
                    Ok(Response::new(request.body))
                }
                "/t.T/Panic" => panic!("on purpose"),
                "/t.T/Grow" => Ok(Response::new(vec![7; number(&request.body)])),
                "/t.T/Fail" => Err(Status::new(Code::NotFound, "nothing here: 100 % größer\nthan before")
                    .executed(Executed::Yes)
                    .reason("MISSING")
                    .fact("handle", "7")),
                "/t.T/Status" => {
                    let code = Code::from_number(number(&request.body) as u32).unwrap();
                    Err(Status::new(code, "as asked"))
                }
                "/t.T/Left" => {
                    let left = request.deadline.unwrap().saturating_duration_since(Instant::now());
                    Ok(Response::new(left.as_millis().to_string()))
                }
                "/t.T/Meta" => {
                    let mut response = Response::new(format!(
                        "{:?} {} {}",
                        request.fingerprint,
                        request.peer.is_some(),
                        request.metadata.keys_len()
                    ));
                    response.headers = request.metadata.clone();
                    response.headers.remove("user-agent");
                    response.trailers.insert("wit-result", "err".parse().unwrap());
                    response.trailers.insert("grpc-status", "13".parse().unwrap());
                    Ok(response)
                }
                path => Err(Status::not_run(
                    Code::Unimplemented,
                    format!("no function at {path}; there is /t.T/Echo"),
                )
                .reason("UNKNOWN_FUNCTION")),
            }
        })
    }
}

fn number(body: &[u8]) -> usize {
    std::str::from_utf8(body).unwrap().parse().unwrap()
}

pub struct Served {
    pub way: Way,
    pub address: Address,
    pub functions: Arc<Functions>,
    pub events: mpsc::UnboundedReceiver<Event>,
    pub gauges: Arc<ServerGauges>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Drained>,
    /// Where the unix socket is.
    pub folder: Option<tempfile::TempDir>,
}

impl Served {
    /// A server with defaults, on TCP.
    pub async fn start() -> Served {
        Served::with(ServerConfig::default()).await
    }

    pub async fn with(config: ServerConfig) -> Served {
        Served::over(Way::Grpc, config).await
    }

    pub async fn over(way: Way, config: ServerConfig) -> Served {
        match way {
            Way::UnixGrpc | Way::UnixConnect => {
                let folder = tempfile::tempdir().unwrap();
                let listen = format!("unix:{}", folder.path().join("s").display());
                let served = Served::at(&listen, config).await;
                Served {
                    way,
                    folder: Some(folder),
                    ..served
                }
            }
            _ => Served {
                way,
                ..Served::at("127.0.0.1:0", config).await
            },
        }
    }

    pub async fn at(listen: &str, config: ServerConfig) -> Served {
        let (send, events) = mpsc::unbounded_channel();
        let functions = Arc::new(Functions {
            events: send,
            release: Notify::new(),
        });
        let server = Server::bind(listen, functions.clone(), config).await.unwrap();
        let (address, gauges) = (server.local_addr().clone(), server.gauges());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.serve(async move { drop(stopped.await) }));
        Served {
            way: Way::Grpc,
            address,
            functions,
            events,
            gauges,
            stop: Some(stop),
            serving,
            folder: None,
        }
    }

    /// The TCP address.
    pub fn addr(&self) -> SocketAddr {
        self.address.socket().unwrap()
    }

    pub fn channel(&self) -> Channel {
        self.channel_with(ClientConfig::default())
    }

    pub fn channel_with(&self, config: ClientConfig) -> Channel {
        Channel::new(self.address.to_string().parse().unwrap(), self.way.config(config))
    }

    pub async fn event(&mut self) -> Event {
        in_time(self.events.recv()).await.unwrap()
    }

    /// Begin the drain.
    pub fn stop(&mut self) {
        self.stop.take();
    }

    /// Wait for the drain's end.
    pub async fn ended(mut self) -> Drained {
        self.stop();
        in_time(self.serving).await.unwrap()
    }
}

/// A channel that speaks gRPC, for servers that are written by hand.
pub fn channel_to(addr: SocketAddr, config: ClientConfig) -> Channel {
    let config = Way::Grpc.config(config);
    Channel::new(format!("http://{addr}").parse().unwrap(), config)
}

/// No test waits for ever.
pub async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), future)
        .await
        .expect("the test waited for 30 s")
}

/// A request that gives up after `time`.
pub fn within(time: Duration, path: &str, body: &'static str) -> Request {
    Request {
        deadline: Some(Instant::now() + time),
        ..Request::new(path, body)
    }
}
