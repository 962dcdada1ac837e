//! `farcall::bindgen!`: typed calls of components, and Rust that answers components.

mod calls;
mod names;
#[path = "../values/mod.rs"]
mod values;

use std::sync::Arc;

use farcall::{Client, Component, Registry, Server, ServerConfig};
use tokio::sync::oneshot;
use values::callee::Callee;
use values::caller::Caller;

/// A server of this process that ends with this value.
struct Served {
    url: String,
    _stop: oneshot::Sender<()>,
}

async fn serve(components: Vec<Component>) -> Served {
    let registry = Registry::new(components).expect("nothing is there twice");
    let listen = ["127.0.0.1:0".to_owned()];
    let server = Server::bind(registry, &listen, &ServerConfig::default())
        .await
        .expect("a port");
    let url = server.addresses()[0].to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(server.serve(async move { drop(stopped.await) }));
    Served { url, _stop: stop }
}

#[tokio::test]
async fn every_value_type_goes_from_rust_to_rust() {
    let served = serve(Callee::components()).await;
    let client = || Client::connect(&served.url).expect("a target");
    let said = Caller::new(client()).run().await.expect("all right");
    assert!(said.starts_with("54 functions, "), "{said}");
    let said = Caller::new(client()).run_wide().await.expect("all right");
    assert!(said.starts_with("6 functions, "), "{said}");
}

#[tokio::test]
async fn a_native_component_is_called_like_any_other() {
    let served = serve(Callee::components()).await;
    let client = Arc::new(Client::connect(&served.url).expect("a target"));
    let called = |text: &'static str| {
        let client = Arc::clone(&client);
        async move { client.call_text(text, &Default::default()).await.expect(text).text() }
    };
    assert_eq!(called("test:values/scalars.next-u8(255)").await.as_deref(), Some("0"));
    let turned =
        called("lists.reverse-lines([{name: \"a\", from: {x: 1, y: 2}, to: {x: 3, y: 4}, weight: nan}])").await;
    assert_eq!(
        turned.as_deref(),
        Some("[{name: \"a\", from: {x: 3, y: 4}, to: {x: 1, y: 2}, weight: nan}]")
    );
    let catalog = client.catalog(&Default::default()).await.expect("a description");
    assert_eq!(catalog.functions().len(), 54);
}
