//! A callee in the test's own process whose calls wait until the test lets them pass, and its caller, a component.
//!
//! So a test acts while a call is certainly under way, and sees whether it was cancelled.

use std::path::Path;
use std::sync::Arc;

use farcall_net::{BoxFuture, Request, Response, Server, ServerConfig, Service, Status};
use tokio::sync::watch;

use super::{component, within};

/// The gate's server; it ends with its value.
pub struct Gate {
    pub url: String,
    state: watch::Sender<State>,
    _stop: watch::Sender<()>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    open: bool,
    arrived: usize,
    cancelled: usize,
}

impl Gate {
    /// A closed gate.
    pub async fn closed() -> Gate {
        let state = watch::Sender::new(State::default());
        let service = Arc::new(Passing { state: state.clone() });
        let server = Server::bind("127.0.0.1:0", service, ServerConfig::default())
            .await
            .expect("a free port");
        let url = server.local_addr().to_string();
        let (stop, mut stopped) = watch::channel(());
        tokio::spawn(server.serve(async move { while stopped.changed().await.is_ok() {} }));
        Gate {
            url,
            state,
            _stop: stop,
        }
    }

    /// Writes the caller: exports `test:gate/door` with `go(n)`, which asks the gate and gives back what it says, `n`.
    pub fn caller(folder: &Path) -> String {
        component(folder, "waiter.wasm", include_str!("../components/waiter.wat"))
    }

    /// The caller's import with its target, for `--link`.
    pub fn link(&self) -> String {
        format!("test:gate/gate={}", self.url)
    }

    /// Waits until so many calls have come.
    pub async fn arrived(&self, calls: usize) {
        let mut state = self.state.subscribe();
        within(state.wait_for(|state| state.arrived >= calls))
            .await
            .expect("the gate stands");
    }

    /// How many calls have come so far.
    pub fn calls(&self) -> usize {
        self.state.borrow().arrived
    }

    /// Waits until so many calls were given up by their caller.
    pub async fn cancelled(&self, calls: usize) {
        let mut state = self.state.subscribe();
        within(state.wait_for(|state| state.cancelled >= calls))
            .await
            .expect("the gate stands");
    }

    /// Lets everything pass.
    pub fn open(&self) {
        self.state.send_modify(|state| state.open = true);
    }
}

/// The gate's service, `test:gate/gate`: the response is the request.
struct Passing {
    state: watch::Sender<State>,
}

impl Service for Passing {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(async move {
            self.state.send_modify(|state| state.arrived += 1);
            let mut waiting = Waiting {
                state: &self.state,
                over: false,
            };
            let opened = self.state.subscribe().wait_for(|state| state.open).await.is_ok();
            waiting.over = opened;
            Ok(Response::new(request.body))
        })
    }

    fn knows(&self, path: &str) -> bool {
        path == "/test.gate.Gate/Pass"
    }
}

/// Tells when the call's future is dropped before its end.
struct Waiting<'a> {
    state: &'a watch::Sender<State>,
    over: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.state.send_modify(|state| state.cancelled += 1);
        }
    }
}
