//! Which pages of other origins may read answers in a browser: the Fetch standard's CORS, by configuration.
//!
//! Guards nothing: a caller that is no browser is not asked for its origin.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderValue, Method, Request, Response, Uri};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer, ExposeHeaders};
use tower_layer::Layer;
use tower_service::Service;

/// The origins whose pages may call, and read what comes back. Cookies are never asked for.
#[derive(Clone)]
pub struct Cors {
    origins: Vec<String>,
    layer: CorsLayer,
}

/// What is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no origin: one is `https://app.example` or `http://localhost:5173`, without a path; `*` alone is any"
)]
pub struct CorsError(String);

impl Cors {
    /// For these origins, as browsers send them, or any for `*` alone.
    ///
    /// # Errors
    ///
    /// The first that is no origin.
    pub fn new<S: AsRef<str>>(origins: &[S]) -> Result<Cors, CorsError> {
        let origins: Vec<String> = origins.iter().map(|origin| origin.as_ref().to_owned()).collect();
        let allowed = match origins.as_slice() {
            [any] if any == "*" => AllowOrigin::any(),
            origins => {
                let values = origins.iter().map(|origin| origin_of(origin));
                AllowOrigin::list(values.collect::<Result<Vec<_>, _>>()?)
            }
        };
        let layer = CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(ExposeHeaders::any())
            .max_age(ASKED_AGAIN);
        Ok(Cors { origins, layer })
    }

    /// Answers a browser's question by itself, and marks every other answer.
    pub(super) async fn around<Q, A, F>(
        &self,
        request: Request<Q>,
        answer: impl FnOnce(Request<Q>) -> F + Send + 'static,
    ) -> Response<A>
    where
        Q: Send + 'static,
        A: Default + Send + 'static,
        F: Future<Output = Response<A>> + Send + 'static,
    {
        let mut service = self.layer.layer(Once(Arc::new(Mutex::new(Some(answer)))));
        let Ok(answer) = service.call(request).await;
        answer
    }
}

impl FromStr for Cors {
    type Err = CorsError;

    fn from_str(origin: &str) -> Result<Cors, CorsError> {
        Cors::new(&[origin])
    }
}

impl fmt::Debug for Cors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cors").field(&self.origins).finish()
    }
}

impl PartialEq for Cors {
    fn eq(&self, other: &Cors) -> bool {
        self.origins == other.origins
    }
}

impl Eq for Cors {}

fn origin_of(text: &str) -> Result<HeaderValue, CorsError> {
    let refused = || CorsError(text.to_owned());
    let uri: Uri = text.parse().map_err(|_| refused())?;
    let is_origin = uri.scheme().is_some() && uri.host().is_some_and(|host| !host.is_empty());
    // A browser sends neither a path nor a capital letter.
    let is_bare = !text.ends_with('/') && uri.path() == "/" && uri.query().is_none() && !text.contains('@');
    match is_origin && is_bare && text == text.to_ascii_lowercase() {
        true => HeaderValue::from_str(text).map_err(|_| refused()),
        false => Err(refused()),
    }
}

/// A service of one request.
struct Once<S>(Arc<Mutex<Option<S>>>);

impl<S, Q, A, F> Service<Request<Q>> for Once<S>
where
    S: FnOnce(Request<Q>) -> F,
    A: Default,
    F: Future<Output = Response<A>> + Send + 'static,
{
    type Response = Response<A>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<A>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let answer = self.0.lock().ok().and_then(|mut answer| answer.take());
        let answer = answer.map(|answer| answer(request));
        Box::pin(async move {
            Ok(match answer {
                Some(answer) => answer.await,
                None => Response::default(),
            })
        })
    }
}

/// How long a browser need not ask again.
const ASKED_AGAIN: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_never_sends_is_no_origin() {
        for origin in ["https://app.example", "http://localhost:5173", "http://[::1]:8080", "*"] {
            assert!(Cors::new(&[origin]).is_ok(), "{origin}");
        }
        for origin in [
            "",
            "app.example",
            "https://app.example/",
            "https://app.example/page",
            "https://App.example",
            "https://me@app.example",
            "https://",
            "null",
        ] {
            assert_eq!(Cors::new(&[origin]), Err(CorsError(origin.to_owned())));
        }
        assert!(Cors::new(&["https://app.example", "*"]).is_err(), "any is any alone");
    }
}
