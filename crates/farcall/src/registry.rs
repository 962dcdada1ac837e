//! What a server answers with: its components' functions by path, and the description of them all.
//!
//! Carries no bytes itself: a listener of `farcall-net` does, or a link in the same process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use farcall_adapter::Served;
use farcall_codec::Form;
use farcall_host::{CallContext, Caller, Kept};
use farcall_net::{BoxFuture, Code, Codec, Document, Executed, Request, Response, Service, Status};
use farcall_wit::{CallName, Type};
use http::{HeaderMap, HeaderValue};

use crate::bindings::Incoming;
use crate::built_in::BuiltIn;
use crate::component::{Component, Instead};
use crate::context::Context;
use crate::description::{self, GET};
use crate::device_program::DeviceProgram;
use crate::error::Error;
use crate::script::{self, Written};
use crate::status::from_failure;
use crate::transcode::Messages;
use crate::transport::forwarded;

/// The reason of a status that says that the caller's type of a function is another one.
pub(crate) const FINGERPRINT_MISMATCH: &str = "FINGERPRINT_MISMATCH";

/// Metadata that goes on to nested calls (spec/calls.md). Credentials never do.
const FORWARDED: [&str; 3] = ["traceparent", "tracestate", "baggage"];

/// Components behind one port.
#[derive(Debug)]
pub struct Registry {
    components: Vec<Component>,
    functions: HashMap<String, (usize, u32)>,
    /// The paths of each service: what a caller of an unknown path is told.
    services: BTreeMap<String, Vec<String>>,
    description: Bytes,
    built_in: BuiltIn,
    /// Made when the first call needs it: a server of components alone never does.
    messages: OnceLock<Messages>,
    openapi: OnceLock<Bytes>,
}

impl Registry {
    /// Puts components side by side. Two that export one path are an error that names both (spec: N-3).
    pub fn new(components: Vec<Component>) -> Result<Registry, Error> {
        let mut functions: HashMap<String, (usize, u32)> = HashMap::new();
        for (c, component) in components.iter().enumerate() {
            for (f, served) in (0u32..).zip(&component.functions) {
                if let Some((other, _)) = functions.insert(served.path.clone(), (c, f)) {
                    return Err(Error::Conflict {
                        first: components.get(other).map(shown).unwrap_or_default(),
                        second: shown(component),
                        name: served.name(),
                    });
                }
            }
        }
        let mut services: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in functions.keys() {
            services
                .entry(service(path).to_string())
                .or_default()
                .push(path.clone());
        }
        services.values_mut().for_each(|paths| paths.sort_unstable());
        let documents: Vec<_> = components.iter().map(|component| component.document.clone()).collect();
        let description = description::encode(&documents)?.into();
        Ok(Registry {
            components,
            functions,
            services,
            description,
            built_in: BuiltIn::default(),
            messages: OnceLock::new(),
            openapi: OnceLock::new(),
        })
    }

    /// Offers only that besides the components' functions.
    pub fn offer(mut self, built_in: BuiltIn) -> Registry {
        self.built_in = built_in;
        self
    }

    pub(crate) fn built_in(&self) -> BuiltIn {
        self.built_in
    }

    /// The services of the components, as they stand in paths: `demo.calc.v0_1.Ops`.
    pub(crate) fn services(&self) -> Vec<String> {
        let services = self
            .services
            .keys()
            .map(|service| service.trim_start_matches('/').to_string());
        services.collect()
    }

    /// The components, in the order they were given.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    pub(crate) fn place(&self) -> String {
        self.components.iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    fn find(&self, path: &str) -> Option<(&Component, u32, &Served)> {
        let (component, index) = *self.functions.get(path)?;
        let component = self.components.get(component)?;
        Some((component, index, component.functions.get(index as usize)?))
    }

    /// One instance of the only component, for a caller of its own.
    pub(crate) fn keep(&self) -> Option<Kept> {
        match self.components.as_slice() {
            [component] if component.instead.is_none() => Some(component.code.now()?.program().keep()),
            _ => None,
        }
    }

    /// Answers from that instance instead of a fresh one.
    pub(crate) async fn call_kept(&self, request: Request, instance: &mut Kept) -> Result<Response, Status> {
        self.answer(request, Some(instance)).await
    }

    /// Lets programs that serve over the device end by themselves.
    pub(crate) async fn stop(&self) {
        let programs = self.components.iter().filter_map(|component| match &component.instead {
            Some(Instead::Program(program)) => Some(program),
            _ => None,
        });
        for program in programs {
            program.stop().await;
        }
    }

    async fn answer(&self, mut request: Request, kept: Option<&mut Kept>) -> Result<Response, Status> {
        if !request.path.starts_with('/') {
            request.path = match (request.codec, request.path.as_str()) {
                (Codec::Wat, "") => self.path_of_text(&request.body)?,
                (_, name) => self.path_of(name)?,
            };
        }
        let Some((component, index, served)) = self.find(&request.path) else {
            return self.unfound(&request);
        };
        check_fingerprint(&request, served)?;
        let body = match request.codec {
            Codec::Wit => request.body.clone(),
            Codec::Wat => script::decode_request(&request.body, written(served, &served.name()))?,
            Codec::Proto => self
                .messages()
                .request(Form::Proto, &request.path, &request.body, served)?,
            Codec::Json => self
                .messages()
                .request(Form::Json, &request.path, &request.body, served)?,
        };
        let deadline = request.deadline.unwrap_or_else(|| Instant::now() + LONGEST);
        let beside = component.asks.then(|| Context::of(&request));
        let context = CallContext {
            deadline,
            forward: forward(&request.metadata),
            caller: beside.clone().map(|beside| beside as Arc<dyn Caller>),
        };
        match &component.instead {
            Some(Instead::Program(program)) => {
                let answer = over_device(program, served, &body, &context).await?;
                return self.answered(request.codec, &request.path, answer, served);
            }
            Some(Instead::Native(native)) => {
                let call = Incoming::new(&request, deadline);
                let answer = native.answer(index, &body, &call).await;
                let answered = answer.and_then(|answer| self.answered(request.codec, &request.path, answer, served));
                return with(call.take(), answered);
            }
            None => {}
        }
        let answer = match kept {
            Some(instance) => instance.call(index, &body, context).await,
            None => {
                let instances = component.code.within(deadline).await?;
                instances.call(index, body.clone(), context).await
            }
        };
        let answer = answer.map_err(|failure| {
            tracing::info!(component = component.name, function = served.name(), failure = %failure, "call failed");
            if let farcall_host::Failure::Trap { backtrace, .. } = &failure {
                tracing::debug!(component = component.name, "{backtrace}");
            }
            explained(from_failure(failure, &served.name()), &body, served)
        })?;
        let answered = self.answered(request.codec, &request.path, answer.into(), served);
        match beside {
            None => answered,
            Some(beside) => with(beside.take(), answered),
        }
    }

    /// A result of a function, written as its caller writes.
    fn answered(&self, codec: Codec, path: &str, answer: Bytes, served: &Served) -> Result<Response, Status> {
        let is_err = matches!(served.function.result, Some(Type::Result(..))) && answer.first() == Some(&1);
        let mut response = Response::new(match codec {
            Codec::Wit => answer,
            Codec::Wat => script::encode_response(&answer, written(served, &served.name()))?,
            Codec::Proto => self.messages().response(Form::Proto, path, &answer, served)?,
            Codec::Json => self.messages().response(Form::Json, path, &answer, served)?,
        });
        // spec: C-9, S-6: an `err` of the function's own is a result, marked for whoever counts errors.
        if is_err {
            response.trailers = HeaderMap::from_iter([(WIT_RESULT, HeaderValue::from_static("err"))]);
        }
        Ok(response)
    }

    /// The path of a function that is called by its name, as the device's messages may (spec: E-9).
    fn path_of(&self, name: &str) -> Result<String, Status> {
        let invalid = |message: String| Status::not_run(Code::InvalidArgument, message).reason("FUNCTION_INVALID");
        let said: CallName = name
            .parse()
            .map_err(|error: farcall_wit::NameError| invalid(error.to_string()))?;
        self.only(name, |served| {
            served.function.name == said.function && said.matches(&served.interface)
        })
    }

    /// The path of a function that a call as text names (spec: T-3, E-19).
    fn path_of_text(&self, text: &[u8]) -> Result<String, Status> {
        let said = script::named(text)?;
        self.only(&said.shown(), |served| {
            said.means(&served.interface, &served.function.name)
        })
    }

    fn only(&self, name: &str, is_meant: impl Fn(&Served) -> bool) -> Result<String, Status> {
        let functions = self.components.iter().flat_map(|component| &component.functions);
        match functions
            .filter(|served| is_meant(served))
            .collect::<Vec<_>>()
            .as_slice()
        {
            [served] => Ok(served.path.clone()),
            [] => {
                let status = Status::not_run(Code::Unimplemented, format!("{name} is not served here"));
                Err(status.reason("UNKNOWN_FUNCTION"))
            }
            several => {
                let names: Vec<String> = several.iter().map(|served| served.name()).collect();
                let message = format!("{name} may mean {}; say more of the name", names.join(" or "));
                Err(Status::not_run(Code::InvalidArgument, message).reason("FUNCTION_AMBIGUOUS"))
            }
        }
    }

    /// The calls in forms other than `wit`.
    pub(crate) fn messages(&self) -> &Messages {
        self.messages.get_or_init(|| Messages::of(&self.components))
    }

    fn openapi_document(&self) -> Bytes {
        let names: Vec<&str> = self
            .components
            .iter()
            .map(|component| component.name.as_str())
            .collect();
        self.messages().openapi(&names).to_string().into()
    }

    /// Whether the path is that of the description, and it is offered.
    fn tells(&self, path: &str) -> bool {
        self.built_in.interfaces && path == GET.1
    }

    /// Paths of the protocol's own, and everything else, which is told what there is.
    fn unfound(&self, request: &Request) -> Result<Response, Status> {
        if self.tells(&request.path) {
            if request.codec != Codec::Wit {
                return Err(other_codec());
            }
            return Ok(Response::new(self.description.clone()));
        }
        let (what, exist): (&str, Vec<&str>) = match self.services.get(service(&request.path)) {
            Some(paths) => ("functions", paths.iter().map(String::as_str).collect()),
            None => ("services", self.services.keys().map(String::as_str).collect()),
        };
        let shown = exist.get(..SHOWN).unwrap_or(&exist).join(", ");
        let more = match exist.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("{} is not served here; served {what}: {shown}{more}", request.path);
        let status = Status::not_run(Code::Unimplemented, message);
        Err(status.reason("UNKNOWN_FUNCTION").fact("served", shown))
    }
}

impl Service for Registry {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(self.answer(request, None))
    }

    fn knows(&self, path: &str) -> bool {
        self.functions.contains_key(path) || self.tells(path)
    }

    fn document(&self, path: &str) -> Option<Document> {
        (self.built_in.openapi && path == OPENAPI).then(|| Document {
            content_type: HeaderValue::from_static("application/json"),
            body: self.openapi.get_or_init(|| self.openapi_document()).clone(),
        })
    }
}

/// spec: X-7.
fn with((headers, trailers): (HeaderMap, HeaderMap), answered: Result<Response, Status>) -> Result<Response, Status> {
    let mut response = answered.map_err(|status| status.with_metadata(headers.clone(), trailers.clone()))?;
    response.headers.extend(headers);
    response.trailers.extend(trailers);
    Ok(response)
}

fn other_codec() -> Status {
    let message = "values are written as application/wit or application/grpc+wit here";
    Status::not_run(Code::Unimplemented, message).reason("CODEC")
}

/// Calls a function of a program that serves over the device. Its request is checked here: the program may be written in any
/// language, and by hand.
async fn over_device(
    program: &DeviceProgram,
    served: &Served,
    body: &Bytes,
    context: &CallContext,
) -> Result<Bytes, Status> {
    if let Err(error) = farcall_codec::check_params(body, &served.function) {
        let message = format!("the request of {} does not decode: {error}", served.name());
        return Err(Status::not_run(Code::InvalidArgument, message));
    }
    let request = Request {
        deadline: Some(context.deadline),
        metadata: forwarded(&context.forward),
        ..Request::new("", body.clone())
    };
    program.call(served.name(), request).await
}

fn written<'a>(served: &'a Served, name: &'a str) -> Written<'a> {
    Written {
        interface: &served.interface,
        function: &served.function,
        name,
    }
}

/// `/demo.calc.v0_1.Ops` of `/demo.calc.v0_1.Ops/Add`.
fn service(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(service, _)| service)
}

fn shown(component: &Component) -> String {
    component.path.display().to_string()
}

/// spec: C-6, F-5, F-6, F-7: a request that names a fingerprint is served only if the function has it.
fn check_fingerprint(request: &Request, served: &Served) -> Result<(), Status> {
    let Some(theirs) = &request.fingerprint else {
        return Ok(());
    };
    if served.function.is_meant_by(theirs, served.fingerprint) {
        return Ok(());
    }
    let signature = served.function.signature();
    let message = format!("{} has another type here", served.name());
    Err(Status::not_run(Code::FailedPrecondition, message)
        .reason(FINGERPRINT_MISMATCH)
        .fact("signature", signature))
}

/// Names the field where a request stops to decode: the skeleton knows the byte, the types know the path.
fn explained(mut status: Status, body: &[u8], served: &Served) -> Status {
    if status.code == Code::InvalidArgument
        && status.executed == Executed::No
        && let Err(error) = farcall_codec::check_params(body, &served.function)
    {
        status.message = format!("the request of {} does not decode: {error}", served.name());
    }
    status
}

/// Of a call's metadata, what goes on to those that it makes.
pub(crate) fn forwarded_of(metadata: &HeaderMap) -> HeaderMap {
    forwarded(&forward(metadata))
}

fn forward(metadata: &HeaderMap) -> Vec<(String, String)> {
    let value = |name: &str| Some((name.to_string(), metadata.get(name)?.to_str().ok()?.to_string()));
    FORWARDED.into_iter().filter_map(value).collect()
}

const WIT_RESULT: http::HeaderName = http::HeaderName::from_static("wit-result");
const OPENAPI: &str = "/openapi.json";
const SHOWN: usize = 20;
/// For a request without a deadline, which no listener hands on; the program's own limit is nearer.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    /// spec: X-7, S-9
    #[test]
    fn what_a_function_adds_goes_with_its_result_and_with_its_status() {
        let line = |name: &'static str| HeaderMap::from_iter([(http::HeaderName::from_static(name), WORD)]);
        let added = || (line("x-before"), line("x-after"));
        let mut response = Response::new("");
        response.trailers = line("wit-result");
        let response = with(added(), Ok(response)).unwrap();
        assert_eq!(response.headers, line("x-before"));
        assert_eq!(
            (&response.trailers["x-after"], &response.trailers["wit-result"]),
            (&WORD, &WORD)
        );
        let status = with(added(), Err(Status::new(Code::Aborted, "again"))).unwrap_err();
        assert_eq!((status.code, status.encode_details().len()), (Code::Aborted, 0));
        let beside = status.metadata.unwrap();
        assert_eq!((beside.headers, beside.trailers), added());
    }

    const WORD: HeaderValue = HeaderValue::from_static("word");
}
