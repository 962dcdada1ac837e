//! A wire between a caller and a callee that counts connections. Looks at no byte.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Forwards every connection; it ends with its value.
pub struct Wire {
    pub url: String,
    connections: Arc<AtomicUsize>,
    forwarding: JoinHandle<()>,
}

impl Wire {
    /// A wire to `http://host:port`.
    pub async fn to(url: &str) -> Wire {
        let to = url.strip_prefix("http://").expect("a URL").to_string();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let forwarding = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                let to = to.clone();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(to).await.expect("the callee accepts");
                    near.set_nodelay(true)
                        .and(far.set_nodelay(true))
                        .expect("an option of TCP");
                    // Either side may end it in any way.
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Wire {
            url,
            connections,
            forwarding,
        }
    }

    /// How many there were so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}
