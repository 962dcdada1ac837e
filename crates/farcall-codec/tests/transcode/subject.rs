//! An interface with one function, out of WIT text or out of a random type, and all that transcodes its messages.
//!
//! Does not choose types; `random` does.

use std::fmt::Write as _;

use farcall_codec::{Form, Limits, Transcoder, Value, encode_params, encode_result, parse_args, parse_value};
use farcall_wit::proto::{MessageId, Schema};
use farcall_wit::{Function, Type, Wit};

/// The function `f` of an interface, and its messages.
pub struct Subject {
    pub transcoder: Transcoder,
    pub function: Function,
    pub request: MessageId,
    pub response: MessageId,
}

impl Subject {
    /// An interface of these items.
    pub fn of(items: &str) -> Subject {
        let text = format!("package v:v; interface i {{ {items} }}");
        let wit = Wit::from_text("subject.wit", &text, None).unwrap_or_else(|error| panic!("{text}: {error}"));
        let schema = Schema::of_exports(&wit, "");
        let method = schema.method("/v.v.I/F").unwrap_or_else(|| panic!("{text}: no f"));
        Subject {
            request: method.request,
            response: method.response,
            function: wit.exports()[0].function("f").unwrap().clone(),
            transcoder: Transcoder::new(schema),
        }
    }

    /// `f: func(v: T) -> T`.
    pub fn echo(ty: &Type) -> Subject {
        let mut text = Text::default();
        let ty = text.reference(ty);
        Subject::of(&format!("{} f: func(v: {ty}) -> {ty};", text.declarations))
    }

    /// The arguments, written as WAVE, as `wit` bytes.
    pub fn params(&self, text: &str) -> Vec<u8> {
        let args = parse_args(text, &self.function).unwrap_or_else(|error| panic!("{text}: {error}"));
        encode_params(&args, &self.function).unwrap()
    }

    /// The result, written as WAVE, as `wit` bytes.
    pub fn result(&self, text: &str) -> Vec<u8> {
        let value = self.function.result.as_ref().map(|ty| parse_value(text, ty).unwrap());
        encode_result(value.as_ref(), &self.function).unwrap()
    }

    pub fn wit(&self, form: Form, message: MessageId, bytes: &[u8]) -> Vec<u8> {
        let wit = self.transcoder.to_wit(form, message, bytes, &Limits::default());
        wit.unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(bytes)))
    }

    pub fn message(&self, form: Form, message: MessageId, wit: &[u8]) -> Vec<u8> {
        let message = self.transcoder.from_wit(form, message, wit, &Limits::default());
        message.unwrap_or_else(|error| panic!("{wit:02x?}: {error}"))
    }

    /// The encoded parameter or result: the same bytes.
    pub fn encode(&self, value: &Value) -> Vec<u8> {
        encode_params(std::slice::from_ref(value), &self.function).unwrap()
    }
}

/// Types as WIT text: what needs a name is declared.
#[derive(Default)]
struct Text {
    declarations: String,
    count: usize,
}

impl Text {
    fn reference(&mut self, ty: &Type) -> String {
        let mut maybe = |ty: &Option<std::sync::Arc<Type>>| ty.as_ref().map_or("_".to_owned(), |ty| self.reference(ty));
        match ty {
            Type::List(t) => format!("list<{}>", self.reference(t)),
            Type::FixedList(t, n) => format!("list<{}, {n}>", self.reference(t)),
            Type::Map(k, v) => format!("map<{}, {}>", self.reference(k), self.reference(v)),
            Type::Option(t) => format!("option<{}>", self.reference(t)),
            Type::Result(None, None) => "result".to_owned(),
            Type::Result(ok, None) => format!("result<{}>", maybe(ok)),
            Type::Result(ok, err) => format!("result<{}, {}>", maybe(ok), maybe(err)),
            Type::Tuple(types) => {
                let types: Vec<String> = types.iter().map(|ty| self.reference(ty)).collect();
                format!("tuple<{}>", types.join(", "))
            }
            Type::Record(r) => {
                let fields = r
                    .fields
                    .iter()
                    .map(|f| format!("%{}: {}", f.name, self.reference(&f.ty)));
                let fields = fields.collect();
                self.declare("record", fields)
            }
            Type::Variant(v) => {
                let cases = v.cases.iter().map(|c| match &c.ty {
                    Some(ty) => format!("%{}({})", c.name, self.reference(ty)),
                    None => format!("%{}", c.name),
                });
                let cases = cases.collect();
                self.declare("variant", cases)
            }
            Type::Enum(e) => self.declare("enum", e.cases.iter().map(|c| format!("%{c}")).collect()),
            Type::Flags(f) => self.declare("flags", f.flags.iter().map(|f| format!("%{f}")).collect()),
            scalar => scalar.to_string(),
        }
    }

    fn declare(&mut self, keyword: &str, members: Vec<String>) -> String {
        self.count += 1;
        let name = format!("type-{}", self.count);
        let _ = writeln!(self.declarations, "{keyword} {name} {{ {} }}", members.join(", "));
        name
    }
}

/// A value as its maps mean it: of two entries with one key the later, in the order of the keys' text.
pub fn settled(value: &Value) -> Value {
    let all = |values: &[Value]| values.iter().map(settled).collect::<Vec<_>>();
    let maybe = |value: &Option<Box<Value>>| value.as_ref().map(|value| Box::new(settled(value)));
    match value {
        Value::List(v) => Value::List(all(v)),
        Value::Record(v) => Value::Record(all(v)),
        Value::Tuple(v) => Value::Tuple(all(v)),
        Value::Variant(case, v) => Value::Variant(*case, maybe(v)),
        Value::Option(v) => Value::Option(maybe(v)),
        Value::Result(Ok(v)) => Value::Result(Ok(maybe(v))),
        Value::Result(Err(v)) => Value::Result(Err(maybe(v))),
        Value::Map(entries) => {
            let mut kept: Vec<(Value, Value)> = Vec::new();
            for (key, value) in entries {
                kept.retain(|(known, _)| known != key);
                kept.push((key.clone(), settled(value)));
            }
            kept.sort_by_key(|(key, _)| format!("{key:?}"));
            Value::Map(kept)
        }
        other => other.clone(),
    }
}
