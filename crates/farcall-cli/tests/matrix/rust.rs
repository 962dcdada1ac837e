//! Rust that is no component: a caller and a callee that `farcall::bindgen!` types. The callee is served by this process.
//!
//! Both are those of the library's own tests.

#[path = "../../../farcall/tests/values/mod.rs"]
mod values;

use farcall::{Client, Registry, Server, ServerConfig};
use tokio::sync::oneshot;

use crate::table::{Language, Outcome, Table};
use values::callee::Callee;
use values::caller::Caller;

/// The row, and the column.
pub const NATIVE: Language = Language::new("rust-native", "Rust, native");

/// Calls the callee that is served at `url`.
pub async fn call(table: &mut Table, callee: &'static str, url: &str) {
    for function in Table::asked(NATIVE.key, callee) {
        let caller = Caller::new(Client::connect(url).expect("a URL"));
        let said = match function {
            "run" => caller.run().await,
            _ => caller.run_wide().await,
        };
        let outcome = match said {
            Ok(said) => Outcome::counted(&said).unwrap_or(Outcome::Failed(said)),
            Err(wrong) => Outcome::Failed(wrong),
        };
        table.add(NATIVE.key, callee, function, outcome);
    }
}

/// The callee, until this is dropped.
pub struct Served {
    url: String,
    _stop: oneshot::Sender<()>,
}

impl Served {
    pub async fn start() -> Served {
        let registry = Registry::new(Callee::components()).expect("nothing is there twice");
        let listen = ["127.0.0.1:0".to_owned()];
        let server = Server::bind(registry, &listen, &ServerConfig::default()).await;
        let server = server.expect("a port");
        let url = server.addresses()[0].to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.serve(async move { drop(stopped.await) }));
        Served { url, _stop: stop }
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}
