//! A call as WebAssembly scripts write it, `(invoke "add" (i32.const 1) (i32.const 2))`, to values: `spec/text.md`.
//!
//! The `wast` crate reads the text; the types say what its constants may be. Does not know which functions there are.

use farcall_wit::{Function, Type};
use wast::component::WastVal;
use wast::core::WastArgCore;
use wast::lexer::Lexer;
use wast::parser::{self, Parse, ParseBuffer, Parser};
use wast::{WastArg, WastInvoke};

use crate::limits::Limits;
use crate::parse::{Source, TextError};
use crate::path::Path;
use crate::value::Value;

/// Whether `text` is a call in this form rather than in WAVE: it begins with `(`, after white space and comments. Not
/// whether it is a valid one.
pub fn is_script(text: &str) -> bool {
    let lexer = Lexer::new(text);
    let mut at = 0;
    while let Ok(Some(token)) = lexer.parse(&mut at) {
        use wast::lexer::TokenKind::{BlockComment, LParen, LineComment, Whitespace};
        match token.kind {
            Whitespace | LineComment | BlockComment => {}
            kind => return kind == LParen,
        }
    }
    false
}

/// The name that a call says: of a function alone, or with its interface. The whole text must be one call, of any values.
pub fn invoked_name(text: &str, limits: &Limits) -> Result<String, TextError> {
    with_invoke(text, limits, |_, invoke| Ok(invoke.name.to_owned()))
}

/// The name that a call says, and its arguments as `function` takes them. Whether the name means `function` is the
/// caller's to decide.
pub fn parse_invoke(text: &str, function: &Function, limits: &Limits) -> Result<(String, Vec<Value>), TextError> {
    with_invoke(text, limits, |source, invoke| {
        let wrong = |message| source.at(invoke.span.offset(), message);
        let params = &function.params;
        if invoke.args.len() != params.len() {
            let types: Vec<String> = params.iter().map(|p| format!("{}: {}", p.name, p.ty)).collect();
            return Err(wrong(format!(
                "expected {} arguments ({}), found {}",
                params.len(),
                types.join(", "),
                invoke.args.len()
            )));
        }
        let values = invoke.args.iter().zip(params).map(|(arg, param)| {
            argument(arg, &param.ty).map_err(|mut mismatch| {
                mismatch.path.within_name(&param.name);
                wrong(format!("argument {}: {}", mismatch.path, mismatch.message))
            })
        });
        Ok((invoke.name.to_owned(), values.collect::<Result<_, _>>()?))
    })
}

fn with_invoke<T>(
    text: &str,
    limits: &Limits,
    then: impl FnOnce(Source<'_>, &WastInvoke<'_>) -> Result<T, TextError>,
) -> Result<T, TextError> {
    let source = Source { text };
    if text.len() > limits.bytes {
        return Err(source.at(
            0,
            format!("the call is longer than the limit of {} bytes", limits.bytes),
        ));
    }
    let syntax = |error: wast::Error| source.at(error.span().offset(), error.message());
    let mut lexer = Lexer::new(text);
    // What misleads a reader of source code is an honest value here.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(syntax)?;
    let Call(invoke) = parser::parse(&buffer).map_err(syntax)?;
    if let Some(module) = invoke.module {
        let message = format!("a call names no module, found `${}`", module.name());
        return Err(source.at(module.span().offset(), message));
    }
    then(Source { text }, &invoke)
}

/// The whole text: one invocation in parentheses.
struct Call<'a>(WastInvoke<'a>);

impl<'a> Parse<'a> for Call<'a> {
    fn parse(parser: Parser<'a>) -> parser::Result<Self> {
        Ok(Call(parser.parens(|parser| parser.parse())?))
    }
}

/// A constant that is not of the type where it stands.
struct Mismatch {
    path: Path,
    message: String,
}

impl Mismatch {
    fn new(message: String) -> Mismatch {
        Mismatch {
            path: Path::default(),
            message,
        }
    }

    fn expected(ty: &Type, found: &str) -> Mismatch {
        Mismatch::new(format!("expected {ty}, found {found}"))
    }

    fn within_name(mut self, name: &str) -> Mismatch {
        self.path.within_name(name);
        self
    }

    fn within_index(mut self, index: usize) -> Mismatch {
        self.path.within_index(index);
        self
    }
}

/// spec: T-5: a core constant is the bits of an integer that may have a sign or not.
fn argument(arg: &WastArg<'_>, ty: &Type) -> Result<Value, Mismatch> {
    Ok(match (arg, ty) {
        (WastArg::Component(value), ty) => return component(value, ty),
        (WastArg::Core(WastArgCore::I32(v)), Type::S32) => Value::S32(*v),
        (WastArg::Core(WastArgCore::I32(v)), Type::U32) => Value::U32(v.cast_unsigned()),
        (WastArg::Core(WastArgCore::I64(v)), Type::S64) => Value::S64(*v),
        (WastArg::Core(WastArgCore::I64(v)), Type::U64) => Value::U64(v.cast_unsigned()),
        (WastArg::Core(WastArgCore::F32(v)), Type::F32) => Value::F32(f32::from_bits(v.bits)),
        (WastArg::Core(WastArgCore::F64(v)), Type::F64) => Value::F64(f64::from_bits(v.bits)),
        (WastArg::Core(v), ty) => return Err(Mismatch::expected(ty, core_constant(v))),
        (_, ty) => return Err(Mismatch::expected(ty, "a constant of another kind")),
    })
}

fn component(value: &WastVal<'_>, ty: &Type) -> Result<Value, Mismatch> {
    Ok(match (value, ty) {
        (WastVal::Bool(v), Type::Bool) => Value::Bool(*v),
        (WastVal::U8(v), Type::U8) => Value::U8(*v),
        (WastVal::S8(v), Type::S8) => Value::S8(*v),
        (WastVal::U16(v), Type::U16) => Value::U16(*v),
        (WastVal::S16(v), Type::S16) => Value::S16(*v),
        (WastVal::U32(v), Type::U32) => Value::U32(*v),
        (WastVal::S32(v), Type::S32) => Value::S32(*v),
        (WastVal::U64(v), Type::U64) => Value::U64(*v),
        (WastVal::S64(v), Type::S64) => Value::S64(*v),
        (WastVal::F32(v), Type::F32) => Value::F32(f32::from_bits(v.bits)),
        (WastVal::F64(v), Type::F64) => Value::F64(f64::from_bits(v.bits)),
        (WastVal::Char(v), Type::Char) => Value::Char(*v),
        (WastVal::String(v), Type::String) => Value::String((*v).to_owned()),
        (WastVal::List(v), Type::List(t)) => list(v, t)?,
        (WastVal::List(v), Type::FixedList(t, n)) => {
            count(v.len(), usize::try_from(*n).unwrap_or(usize::MAX), "elements")?;
            list(v, t)?
        }
        (WastVal::List(v), Type::Map(key, item)) => {
            let entry = |(i, entry): (usize, &WastVal<'_>)| match entry {
                WastVal::Tuple(parts) if parts.len() == 2 => {
                    let part = |at: usize, ty: &Type| match parts.get(at) {
                        Some(part) => component(part, ty).map_err(|m| m.within_index(at)),
                        None => Err(Mismatch::expected(ty, "nothing")),
                    };
                    let pair = part(0, key).and_then(|key| Ok((key, part(1, item)?)));
                    pair.map_err(|m| m.within_index(i))
                }
                other => Err(Mismatch::new(format!(
                    "expected tuple.const of key and value, found {}",
                    constant(other)
                ))
                .within_index(i)),
            };
            Value::Map(v.iter().enumerate().map(entry).collect::<Result<_, _>>()?)
        }
        (WastVal::Record(v), Type::Record(r)) => {
            // spec: T-6: every field once, in the order of the type.
            let written = v.iter().map(|(name, _)| *name);
            if !written.eq(r.fields.iter().map(|field| field.name.as_str())) {
                let fields: Vec<&str> = r.fields.iter().map(|field| field.name.as_str()).collect();
                return Err(Mismatch::new(format!(
                    "expected the fields {} in this order",
                    fields.join(", ")
                )));
            }
            let fields = v.iter().zip(&r.fields);
            let field = fields.map(|((_, v), f)| component(v, &f.ty).map_err(|m| m.within_name(&f.name)));
            Value::Record(field.collect::<Result<_, _>>()?)
        }
        (WastVal::Tuple(v), Type::Tuple(types)) => {
            count(v.len(), types.len(), "parts")?;
            let parts = v.iter().zip(types.iter()).enumerate();
            let part = parts.map(|(i, (v, ty))| component(v, ty).map_err(|m| m.within_index(i)));
            Value::Tuple(part.collect::<Result<_, _>>()?)
        }
        (WastVal::Variant(name, payload), Type::Variant(v)) => {
            let (number, at) = case(name, v.cases.iter().map(|case| case.name.as_str()))?;
            let ty = v.cases.get(at).and_then(|case| case.ty.as_ref());
            Value::Variant(number, maybe(payload, ty).map_err(|m| m.within_name(name))?)
        }
        (WastVal::Enum(name), Type::Enum(e)) => Value::Enum(case(name, e.cases.iter().map(String::as_str))?.0),
        (WastVal::Flags(names), Type::Flags(f)) => {
            let mut set = vec![false; f.flags.len()];
            for name in names {
                let (_, at) = case(name, f.flags.iter().map(String::as_str))?;
                match set.get_mut(at) {
                    Some(flag) if !*flag => *flag = true,
                    _ => return Err(Mismatch::new(format!("the flag \"{name}\" is written twice"))),
                }
            }
            Value::Flags(set)
        }
        (WastVal::Option(v), Type::Option(t)) => Value::Option(match v {
            None => None,
            Some(v) => Some(Box::new(component(v, t).map_err(|m| m.within_name("some"))?)),
        }),
        (WastVal::Result(Ok(v)), Type::Result(ok, _)) => {
            Value::Result(Ok(maybe(v, ok.as_deref()).map_err(|m| m.within_name("ok"))?))
        }
        (WastVal::Result(Err(v)), Type::Result(_, err)) => {
            Value::Result(Err(maybe(v, err.as_deref()).map_err(|m| m.within_name("err"))?))
        }
        (value, ty) => return Err(Mismatch::expected(ty, constant(value))),
    })
}

fn list(values: &[WastVal<'_>], ty: &Type) -> Result<Value, Mismatch> {
    let of_value = |(i, v)| component(v, ty).map_err(|m| m.within_index(i));
    if !matches!(ty, Type::U8) {
        return Ok(Value::List(
            values.iter().enumerate().map(of_value).collect::<Result<_, _>>()?,
        ));
    }
    let byte = |(i, v): (usize, &WastVal<'_>)| match v {
        WastVal::U8(byte) => Ok(*byte),
        other => Err(Mismatch::expected(ty, constant(other)).within_index(i)),
    };
    Ok(Value::Bytes(
        values.iter().enumerate().map(byte).collect::<Result<_, _>>()?,
    ))
}

fn maybe(value: &Option<Box<WastVal<'_>>>, ty: Option<&Type>) -> Result<Option<Box<Value>>, Mismatch> {
    match (value, ty) {
        (Some(value), Some(ty)) => Ok(Some(Box::new(component(value, ty)?))),
        (None, None) => Ok(None),
        (None, Some(ty)) => Err(Mismatch::expected(ty, "nothing")),
        (Some(value), None) => Err(Mismatch::new(format!("expected nothing, found {}", constant(value)))),
    }
}

fn count(found: usize, expected: usize, what: &str) -> Result<(), Mismatch> {
    match found == expected {
        true => Ok(()),
        false => Err(Mismatch::new(format!("expected {expected} {what}, found {found}"))),
    }
}

fn case<'t>(name: &str, mut names: impl Iterator<Item = &'t str> + Clone) -> Result<(u32, usize), Mismatch> {
    let known = names.clone();
    let at = names.position(|known| known == name);
    at.and_then(|at| Some((u32::try_from(at).ok()?, at))).ok_or_else(|| {
        let known: Vec<&str> = known.take(MAX_LISTED).collect();
        let shown: String = name.chars().take(MAX_SHOWN).collect();
        Mismatch::new(format!("no \"{shown}\", expected one of {}", known.join(", ")))
    })
}

fn core_constant(value: &WastArgCore<'_>) -> &'static str {
    match value {
        WastArgCore::I32(_) => "i32.const",
        WastArgCore::I64(_) => "i64.const",
        WastArgCore::F32(_) => "f32.const",
        WastArgCore::F64(_) => "f64.const",
        WastArgCore::V128(_) => "v128.const, which no call carries",
        WastArgCore::RefNull(_) | WastArgCore::RefExtern(_) | WastArgCore::RefHost(_) => {
            "a reference, which no call carries"
        }
    }
}

fn constant(value: &WastVal<'_>) -> &'static str {
    match value {
        WastVal::Bool(_) => "bool.const",
        WastVal::U8(_) => "u8.const",
        WastVal::S8(_) => "s8.const",
        WastVal::U16(_) => "u16.const",
        WastVal::S16(_) => "s16.const",
        WastVal::U32(_) => "u32.const",
        WastVal::S32(_) => "s32.const",
        WastVal::U64(_) => "u64.const",
        WastVal::S64(_) => "s64.const",
        WastVal::F32(_) => "f32.const",
        WastVal::F64(_) => "f64.const",
        WastVal::Char(_) => "char.const",
        WastVal::String(_) => "str.const",
        WastVal::List(_) => "list.const",
        WastVal::Record(_) => "record.const",
        WastVal::Tuple(_) => "tuple.const",
        WastVal::Variant(..) => "variant.const",
        WastVal::Enum(_) => "enum.const",
        WastVal::Option(None) => "option.none",
        WastVal::Option(Some(_)) => "option.some",
        WastVal::Result(Ok(_)) => "result.ok",
        WastVal::Result(Err(_)) => "result.err",
        WastVal::Flags(_) => "flags.const",
    }
}

/// Most names that an error lists, and characters of a caller's name that it repeats.
const MAX_LISTED: usize = 20;
const MAX_SHOWN: usize = 80;
