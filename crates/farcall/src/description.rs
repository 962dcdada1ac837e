//! What a server tells of itself: documents of WIT and the functions in them, at a path of the protocol's own.
//!
//! The description is a value of `wasm-rpc:core/interfaces`, so it travels like any other call's result.

use std::sync::LazyLock;

use farcall_codec::{Limits, Value, decode_result, encode_result};
use farcall_wit::{Function, InterfaceName, Wit, path};

use crate::error::Error;

/// One component's interfaces as its server describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The component's name on the server.
    pub name: String,
    /// WIT text: a world that exports what is served, and the packages that it needs.
    pub wit: String,
    /// The functions that can be called.
    pub functions: Vec<DescribedFunction>,
}

impl Document {
    /// Whether one of its functions is of that interface.
    pub(crate) fn offers(&self, interface: &InterfaceName) -> bool {
        let interface = interface.to_string();
        let of = |function: &DescribedFunction| match function.name.rsplit_once('.') {
            Some((of, _)) => of == interface,
            None => interface.is_empty(),
        };
        self.functions.iter().any(of)
    }
}

/// One function of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedFunction {
    /// As a person names it: `demo:calc/ops@0.1.0.add-one`.
    pub name: String,
    /// Its path on the wire.
    pub path: String,
    /// The fingerprint of its type.
    pub fingerprint: String,
}

/// `interfaces.get` of the protocol's own package, and its path.
pub(crate) static GET: LazyLock<(Function, String)> = LazyLock::new(|| {
    let wit = Wit::from_text("wasm-rpc-core.wit", farcall_adapter::CORE_WIT, Some("skeleton"));
    let wit = wit.expect("the doors' WIT is well formed");
    let (id, interface) = wit
        .resolve()
        .interfaces
        .iter()
        .find(|(_, interface)| interface.name.as_deref() == Some("interfaces"))
        .expect("the doors' package has it");
    let name = InterfaceName::of_interface(wit.resolve(), id).expect("it has a name");
    (
        Function::new(wit.resolve(), &interface.functions["get"]),
        path(&name, "get", ""),
    )
});

pub(crate) fn encode(documents: &[Document]) -> Result<Vec<u8>, Error> {
    let text = |text: &str| Value::String(text.to_string());
    let documents = documents.iter().map(|document| {
        let functions = document.functions.iter().map(|function| {
            Value::Record(vec![
                text(&function.name),
                text(&function.path),
                text(&function.fingerprint),
            ])
        });
        Value::Record(vec![
            text(&document.name),
            text(&document.wit),
            Value::List(functions.collect()),
        ])
    });
    let value = Value::List(documents.collect());
    encode_result(Some(&value), &GET.0).map_err(|error| Error::Description(error.to_string()))
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Document>, Error> {
    let value =
        decode_result(bytes, &GET.0, &Limits::default()).map_err(|error| Error::Description(error.to_string()))?;
    documents(value).ok_or_else(|| Error::Description("it is not a list of documents".into()))
}

fn documents(value: Option<Value>) -> Option<Vec<Document>> {
    list(value?)?
        .into_iter()
        .map(|document| {
            let [name, wit, functions] = fields(document)?;
            let functions = list(functions)?.into_iter().map(|function| {
                let [name, path, fingerprint] = fields(function)?;
                Some(DescribedFunction {
                    name: text(name)?,
                    path: text(path)?,
                    fingerprint: text(fingerprint)?,
                })
            });
            Some(Document {
                name: text(name)?,
                wit: text(wit)?,
                functions: functions.collect::<Option<_>>()?,
            })
        })
        .collect()
}

fn list(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::List(elements) => Some(elements),
        _ => None,
    }
}

fn fields<const N: usize>(value: Value) -> Option<[Value; N]> {
    match value {
        Value::Record(fields) => fields.try_into().ok(),
        _ => None,
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_comes_back_as_it_was() {
        let function = DescribedFunction {
            name: "a:b/c.d".into(),
            path: "/a.b.C/D".into(),
            fingerprint: "x".into(),
        };
        let documents = vec![Document {
            name: "a".into(),
            wit: "world w {}".into(),
            functions: vec![function],
        }];
        assert_eq!(decode(&encode(&documents).unwrap()).unwrap(), documents);
    }

    #[test]
    fn bytes_of_something_else_are_an_error() {
        assert!(matches!(decode(b"<html>"), Err(Error::Description(_))));
    }

    #[test]
    fn the_path_is_the_protocols() {
        assert_eq!(GET.1, "/wasm_rpc.core.v0_1.Interfaces/Get");
    }
}
