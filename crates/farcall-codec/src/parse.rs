//! WAVE text to values: `wasm-wave` reads the text, the types say what it means and where it goes wrong.
//!
//! Stricter than `wasm-wave` alone in one thing: a field that the record does not have is refused, not dropped. A map is
//! written as a list of tuples, a fixed-length list as a list.

use std::str::FromStr;

use farcall_wit::{Function, Type};
use wasm_wave::ast::{Node, NodeType};
use wasm_wave::parser::ParserError;
use wasm_wave::untyped::UntypedValue;

use crate::Value;

/// Why a text is not a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was expected there, and what there is.
    pub message: String,
}

/// The value that `text` is.
pub fn parse_value(text: &str, ty: &Type) -> Result<Value, TextError> {
    let untyped = UntypedValue::parse(text).map_err(|error| syntax(text, &error))?;
    Source { text }.value(untyped.node(), ty)
}

/// The arguments in `(1, "a")`. Arguments at the end may be left out where the parameters are options; they are `none`.
pub fn parse_args(text: &str, function: &Function) -> Result<Vec<Value>, TextError> {
    let source = Source { text };
    let params = &function.params;
    let trimmed = text.trim();
    let inner = trimmed.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let untyped;
    let nodes: Vec<&Node> = match inner {
        None => return Err(source.at(0, "expected arguments in parentheses, as in `(1, \"a\")`".to_owned())),
        Some(inner) if inner.trim().is_empty() => Vec::new(),
        Some(_) => {
            untyped = UntypedValue::parse(text).map_err(|error| syntax(text, &error))?;
            let node = untyped.node();
            node.as_tuple().map_err(|error| syntax(text, &error))?.collect()
        }
    };
    if let Some(extra) = nodes.get(params.len()) {
        let message = format!(
            "expected {} ({}), found {} arguments",
            plural(params.len()),
            names(function),
            nodes.len()
        );
        return Err(source.at(extra.span().start, message));
    }
    let mut values = Vec::new();
    let mut nodes = nodes.into_iter();
    for param in params {
        match (nodes.next(), &param.ty) {
            (Some(node), ty) => values.push(source.value(node, ty).map_err(|error| error.of(&param.name))?),
            (None, Type::Option(_)) => values.push(Value::Option(None)),
            (None, ty) => {
                let message = format!(
                    "expected {} ({}), missing `{}: {ty}`",
                    plural(params.len()),
                    names(function),
                    param.name
                );
                return Err(source.at(text.trim_end().len().saturating_sub(1), message));
            }
        }
    }
    Ok(values)
}

fn plural(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    }
}

fn names(function: &Function) -> String {
    let params: Vec<String> = function
        .params
        .iter()
        .map(|p| format!("{}: {}", p.name, p.ty))
        .collect();
    params.join(", ")
}

fn syntax(text: &str, error: &ParserError) -> TextError {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    Source { text }.at(error.span().start, what)
}

impl TextError {
    fn of(mut self, param: &str) -> TextError {
        self.message = format!("argument `{param}`: {}", self.message);
        self
    }
}

pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn at(&self, offset: usize, message: String) -> TextError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        TextError { line, column, message }
    }

    fn expected(&self, node: &Node, ty: &Type) -> TextError {
        self.at(node.span().start, format!("expected {ty}, found {}", found(node.ty())))
    }

    fn invalid(&self, node: &Node, ty: &Type, error: ParserError) -> TextError {
        use wasm_wave::parser::ParserErrorKind;
        match error.kind() {
            ParserErrorKind::InvalidType => self.expected(node, ty),
            ParserErrorKind::InvalidValue => {
                let message = format!("expected {ty}{}, found another number", range(ty));
                self.at(node.span().start, message)
            }
            _ => syntax(self.text, &error),
        }
    }

    fn number<T: FromStr>(&self, node: &Node, ty: &Type) -> Result<T, TextError> {
        node.as_number(self.text).map_err(|error| self.invalid(node, ty, error))
    }

    fn value(&self, node: &Node, ty: &Type) -> Result<Value, TextError> {
        let wrong = |error: ParserError| self.invalid(node, ty, error);
        Ok(match ty {
            Type::Bool => Value::Bool(node.as_bool().map_err(wrong)?),
            Type::U8 => Value::U8(self.number(node, ty)?),
            Type::U16 => Value::U16(self.number(node, ty)?),
            Type::U32 => Value::U32(self.number(node, ty)?),
            Type::U64 => Value::U64(self.number(node, ty)?),
            Type::S8 => Value::S8(self.number(node, ty)?),
            Type::S16 => Value::S16(self.number(node, ty)?),
            Type::S32 => Value::S32(self.number(node, ty)?),
            Type::S64 => Value::S64(self.number(node, ty)?),
            Type::F32 => Value::F32(self.number(node, ty)?),
            Type::F64 => Value::F64(self.number(node, ty)?),
            Type::Char => Value::Char(node.as_char(self.text).map_err(wrong)?),
            Type::String => Value::String(node.as_str(self.text).map_err(wrong)?.into_owned()),
            Type::List(t) => self.list(node, ty, t, None)?,
            Type::FixedList(t, n) => self.list(node, ty, t, Some(*n))?,
            Type::Map(k, v) => {
                let pair = Type::Tuple([Type::clone(k), Type::clone(v)].into());
                let mut entries = Vec::new();
                for node in node.as_list().map_err(wrong)? {
                    let mut parts = self.parts(node, &pair, &[k, v])?.into_iter();
                    if let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                        entries.push((key, value));
                    }
                }
                Value::Map(entries)
            }
            Type::Record(r) => {
                let mut written: Vec<(&str, &Node)> = node.as_record(self.text).map_err(wrong)?.collect();
                let mut fields = Vec::new();
                for field in &r.fields {
                    let at = written.iter().position(|(name, _)| *name == field.name);
                    fields.push(match (at.map(|at| written.swap_remove(at)), &field.ty) {
                        (Some((_, node)), ty) => self.value(node, ty)?,
                        (None, Type::Option(_)) => Value::Option(None),
                        (None, ty) => {
                            let message = format!("expected a field `{}: {ty}`", field.name);
                            return Err(self.at(node.span().start, message));
                        }
                    });
                }
                if let Some((name, node)) = written.first() {
                    let known: Vec<&str> = r.fields.iter().map(|field| field.name.as_str()).collect();
                    let message = format!("no field `{name}`, expected {}", known.join(", "));
                    return Err(self.at(node.span().start, message));
                }
                Value::Record(fields)
            }
            Type::Tuple(types) => Value::Tuple(self.parts(node, ty, &types.iter().collect::<Vec<_>>())?),
            Type::Variant(v) => {
                let (name, payload) = node.as_variant(self.text).map_err(wrong)?;
                let names = || v.cases.iter().map(|case| case.name.as_str());
                let (number, at) = self.case(node, name, names())?;
                let ty = v.cases.get(at).and_then(|case| case.ty.as_ref());
                Value::Variant(number, self.payload(node, name, payload, ty)?)
            }
            Type::Enum(e) => {
                let name = node.as_enum(self.text).map_err(wrong)?;
                Value::Enum(self.case(node, name, e.cases.iter().map(String::as_str))?.0)
            }
            Type::Flags(f) => {
                let mut set = vec![false; f.flags.len()];
                for name in node.as_flags(self.text).map_err(wrong)? {
                    let name = name.trim_start_matches('%');
                    let (_, at) = self.case(node, name, f.flags.iter().map(String::as_str))?;
                    if let Some(flag) = set.get_mut(at) {
                        *flag = true;
                    }
                }
                Value::Flags(set)
            }
            Type::Option(t) => match node.ty() {
                NodeType::OptionNone => Value::Option(None),
                NodeType::OptionSome => {
                    let payload = node.as_option().map_err(wrong)?;
                    Value::Option(self.payload(node, "some", payload, Some(&**t))?)
                }
                _ if flattens(t) => Value::Option(Some(Box::new(self.value(node, t)?))),
                _ => return Err(self.expected(node, ty)),
            },
            Type::Result(ok, err) => match (node.as_result(), ok) {
                (Ok(Ok(payload)), _) => Value::Result(Ok(self.payload(node, "ok", payload, ok.as_deref())?)),
                (Ok(Err(payload)), _) => Value::Result(Err(self.payload(node, "err", payload, err.as_deref())?)),
                (Err(_), Some(ok)) if flattens(ok) => Value::Result(Ok(Some(Box::new(self.value(node, ok)?)))),
                (Err(_), _) => return Err(self.expected(node, ty)),
            },
            Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) | Type::ErrorContext => {
                return Err(self.at(node.span().start, format!("a value of {ty} has no text")));
            }
        })
    }

    fn list(&self, node: &Node, ty: &Type, element: &Type, count: Option<u32>) -> Result<Value, TextError> {
        let nodes = node.as_list().map_err(|error| self.invalid(node, ty, error))?;
        if let Some(count) = count
            && u32::try_from(nodes.len()) != Ok(count)
        {
            return Err(self.at(
                node.span().start,
                format!("expected {count} elements, found {}", nodes.len()),
            ));
        }
        if matches!(element, Type::U8) {
            return Ok(Value::Bytes(
                nodes.map(|node| self.number(node, element)).collect::<Result<_, _>>()?,
            ));
        }
        Ok(Value::List(
            nodes.map(|node| self.value(node, element)).collect::<Result<_, _>>()?,
        ))
    }

    fn parts(&self, node: &Node, ty: &Type, types: &[&Type]) -> Result<Vec<Value>, TextError> {
        let nodes = node.as_tuple().map_err(|error| self.invalid(node, ty, error))?;
        if nodes.len() != types.len() {
            let message = format!("expected {ty}, found a tuple of {}", nodes.len());
            return Err(self.at(node.span().start, message));
        }
        nodes.zip(types).map(|(node, ty)| self.value(node, ty)).collect()
    }

    fn payload(
        &self,
        node: &Node,
        case: &str,
        payload: Option<&Node>,
        ty: Option<&Type>,
    ) -> Result<Option<Box<Value>>, TextError> {
        match (payload, ty) {
            (Some(payload), Some(ty)) => Ok(Some(Box::new(self.value(payload, ty)?))),
            (None, None) => Ok(None),
            (None, Some(ty)) => Err(self.at(node.span().start, format!("expected `{case}(...)` with a {ty}"))),
            (Some(payload), None) => Err(self.at(payload.span().start, format!("expected `{case}` without a payload"))),
        }
    }

    fn case<'t>(
        &self,
        node: &Node,
        name: &str,
        names: impl Iterator<Item = &'t str> + Clone,
    ) -> Result<(u32, usize), TextError> {
        let at = names.clone().position(|known| known == name);
        let number = at.and_then(|at| Some((u32::try_from(at).ok()?, at)));
        number.ok_or_else(|| {
            let known: Vec<&str> = names.take(MAX_LISTED).collect();
            self.at(
                node.span().start,
                format!("no `{name}`, expected one of {}", known.join(", ")),
            )
        })
    }
}

/// WAVE lets `some(x)` and `ok(x)` be written `x`, unless `x` is itself an option or result.
fn flattens(ty: &Type) -> bool {
    !matches!(ty, Type::Option(_) | Type::Result(..))
}

fn range(ty: &Type) -> &'static str {
    match ty {
        Type::U8 => " (0 to 255)",
        Type::U16 => " (0 to 65535)",
        Type::U32 => " (0 to 4294967295)",
        Type::U64 => " (0 to 18446744073709551615)",
        Type::S8 => " (-128 to 127)",
        Type::S16 => " (-32768 to 32767)",
        Type::S32 => " (-2147483648 to 2147483647)",
        Type::S64 => " (-9223372036854775808 to 9223372036854775807)",
        _ => "",
    }
}

fn found(node: NodeType) -> &'static str {
    match node {
        NodeType::BoolTrue | NodeType::BoolFalse => "a bool",
        NodeType::Number => "a number",
        NodeType::Char => "a char",
        NodeType::String | NodeType::MultilineString => "a string",
        NodeType::Tuple => "a tuple",
        NodeType::List => "a list",
        NodeType::Record => "a record",
        NodeType::Label => "a name",
        NodeType::VariantWithPayload => "a variant case",
        NodeType::OptionSome => "`some`",
        NodeType::OptionNone => "`none`",
        NodeType::ResultOk => "`ok`",
        NodeType::ResultErr => "`err`",
        NodeType::Flags => "flags",
    }
}

/// Most names that an error lists.
const MAX_LISTED: usize = 20;
