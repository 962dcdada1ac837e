//! One of three servers is killed under load and comes back: no call runs twice, and none is lost in silence.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use farcall::{CallOptions, Client, Code, Error, Executed, Value};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::harness::{Server, fixture, within};

const CALLERS: usize = 32;

/// How one call ended, by its number.
type Ends = Vec<(usize, Result<(), (Code, Executed)>)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_three_dies_under_load_and_comes_back() {
    let hostile = fixture("hostile");
    let mut servers = Vec::new();
    for name in ["a", "b", "c"] {
        servers.push(Server::start(&[&hostile, "--name", name]).await);
    }
    let targets: Vec<&str> = servers.iter().map(Server::url).collect();
    let address = servers[1].url().strip_prefix("http://").expect("a URL").to_string();
    let load = Load::start(&targets.join(",")).await;

    load.reaches(300).await;
    servers[1].signal("KILL").await;
    let killed = load.ended();
    load.reaches(killed + 600).await;

    let again = Server::start(&[&hostile, "--name", "again", "--listen", &address]).await;
    again.has_said("[again] call ").await;
    let ends = load.stop().await;

    let mut ran: HashMap<usize, usize> = HashMap::new();
    let mut said = String::new();
    for server in servers.into_iter().chain([again]) {
        server.signal("TERM").await;
        let one = server.ended().await;
        assert!(one.stderr.contains("] call "), "each server had calls: {one:?}");
        said.push_str(&one.stderr);
    }
    for line in said.lines() {
        if let Some((_, number)) = line.split_once("] call ") {
            // A line that its process could not finish counts as one that never was.
            if let Some(number) = number.strip_suffix('.').and_then(|number| number.parse().ok()) {
                *ran.entry(number).or_default() += 1;
            }
        }
    }
    let twice: Vec<_> = ran.iter().filter(|(_, times)| **times > 1).collect();
    assert_eq!(twice, Vec::<(&usize, &usize)>::new(), "calls that ran twice");
    for (number, end) in &ends {
        match end {
            Ok(()) => assert!(ran.contains_key(number), "call {number} was answered and did not run"),
            Err((code, executed)) => {
                assert_eq!(*code, Code::Unavailable, "call {number}");
                assert_ne!(*executed, Executed::Yes, "call {number}");
                let no = *executed == Executed::No;
                assert!(
                    !(no && ran.contains_key(number)),
                    "call {number} ran and was said not to have"
                );
            }
        }
    }
    let failed = ends.iter().filter(|(_, end)| end.is_err()).count();
    assert!(
        failed <= 3 * CALLERS,
        "{failed} calls failed, more than were under way at the dead server"
    );
    let answered = ends.len() - failed;
    assert!(answered >= 800, "{answered} calls of {} were answered", ends.len());
}

/// Callers that call until they are told to stop, each call with a number of its own.
struct Load {
    ended: watch::Receiver<usize>,
    stop: Arc<AtomicBool>,
    callers: JoinSet<Ends>,
}

impl Load {
    async fn start(targets: &str) -> Load {
        let client = Arc::new(Client::connect(targets).expect("targets"));
        let options = CallOptions {
            deadline: Some(Duration::from_secs(30)),
            ..CallOptions::default()
        };
        let catalog = within(client.catalog(&options)).await.expect("a server answers");
        let print = catalog.find(&"print".parse().expect("a name")).expect("it is there");
        let print = Arc::new(print.clone());
        let (count, ended) = watch::channel(0);
        let (count, next) = (Arc::new(count), Arc::new(AtomicUsize::new(0)));
        let stop = Arc::new(AtomicBool::new(false));
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (client, print, options) = (Arc::clone(&client), Arc::clone(&print), options.clone());
            let (count, next, stop) = (Arc::clone(&count), Arc::clone(&next), Arc::clone(&stop));
            callers.spawn(async move {
                let mut ends = Ends::new();
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let text = Value::String(format!("call {number}."));
                    let arguments = [text, Value::U32(1), Value::Bool(true)];
                    let end = client.call(&print, &arguments, &options).await;
                    let end = end.map(drop).map_err(|error| match error {
                        Error::Remote { status, .. } => (status.code, status.executed),
                        error => panic!("call {number}: {error}"),
                    });
                    ends.push((number, end));
                    count.send_modify(|count| *count += 1);
                }
                ends
            });
        }
        Load { ended, stop, callers }
    }

    fn ended(&self) -> usize {
        *self.ended.borrow()
    }

    /// Waits until so many calls have ended.
    async fn reaches(&self, calls: usize) {
        let mut ended = self.ended.clone();
        within(ended.wait_for(|ended| *ended >= calls))
            .await
            .expect("callers call");
    }

    async fn stop(self) -> Ends {
        self.stop.store(true, Ordering::Relaxed);
        within(self.callers.join_all()).await.into_iter().flatten().collect()
    }
}
