//! `#[wasm_rpc]`: reads a function and says what is wrong with it, at its token.
//!
//! What becomes of it is written by `expand`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Error, FnArg, LitStr, Pat, Result, ReturnType, Signature, Token, Type, Visibility};

use crate::expand::expand;
use crate::name;
use crate::supported::{Place, check};

/// A marked function, found to be one that can travel.
pub struct Marked {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub signature: Signature,
    /// `None`: it calls out.
    pub body: Option<Block>,
    pub interface: String,
    /// In WIT's spelling.
    pub label: String,
    /// As its core symbol has it.
    pub symbol: String,
    pub params: Vec<Param>,
    /// `None` for `()`.
    pub result: Option<Type>,
}

/// A parameter.
pub struct Param {
    pub ident: Ident,
    pub label: String,
    pub ty: Type,
}

/// The attribute's work.
pub fn marked(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let options: Options = syn::parse2(options)?;
    let item: Item = syn::parse2(item)?;
    Ok(expand(&Marked::new(options, item)?))
}

struct Options {
    interface: String,
}

impl Parse for Options {
    fn parse(input: ParseStream) -> Result<Options> {
        let mut options = Options {
            interface: String::new(),
        };
        while !input.is_empty() {
            let option: Ident = input.call(Ident::parse_any)?;
            if option != "interface" {
                let said = format!("unknown option `{option}`; there is: interface = \"ns:pkg/name@1.0.0\"");
                return Err(Error::new(option.span(), said));
            }
            input.parse::<Token![=]>()?;
            let text: LitStr = input.parse()?;
            if !is_interface(&text.value()) {
                let said = format!(
                    "`{}` is no interface; one is written \"ns:pkg/name\" or \"ns:pkg/name@1.0.0\"",
                    text.value()
                );
                return Err(Error::new(text.span(), said));
            }
            options.interface = text.value();
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

fn is_interface(text: &str) -> bool {
    let (path, version) = text.split_once('@').unwrap_or((text, "0.0.0"));
    let label = |label: &str| {
        label.split('-').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    };
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = numbers.split('.').collect();
    let Some((namespace, rest)) = path.split_once(':') else {
        return false;
    };
    let Some((package, name)) = rest.split_once('/') else {
        return false;
    };
    [namespace, package, name].into_iter().all(label)
        && numbers.len() == 3
        && numbers.iter().all(|n| n.parse::<u64>().is_ok())
}

/// A function with a body, an empty one, or none.
struct Item {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: Option<Block>,
}

impl Parse for Item {
    fn parse(input: ParseStream) -> Result<Item> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let item = input.fork();
        let signature: Signature = input.parse().map_err(|_| {
            Error::new(
                item.span(),
                "#[wasm_rpc] marks a function, `fn add(a: i32, b: i32) -> i32 { a + b }`",
            )
        })?;
        if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            return Ok(Item {
                attributes,
                visibility,
                signature,
                body: None,
            });
        }
        let block: Block = input.parse()?;
        let body = (!block.stmts.is_empty()).then_some(block);
        Ok(Item {
            attributes,
            visibility,
            signature,
            body,
        })
    }
}

impl Marked {
    fn new(options: Options, item: Item) -> Result<Marked> {
        let signature = &item.signature;
        let refuse = |span: Span, why: &str| Err(Error::new(span, why));
        if let Some(token) = &signature.asyncness {
            return refuse(
                token.span(),
                "an async function cannot be marked: calls are synchronous to the guest",
            );
        }
        if let Some(token) = &signature.unsafety {
            return refuse(
                token.span(),
                "an unsafe function cannot be marked: the other side cannot keep its promises",
            );
        }
        if let Some(abi) = &signature.abi {
            return refuse(
                abi.span(),
                "leave `extern` out: #[wasm_rpc] writes the core function itself",
            );
        }
        if let (Some(token), None) = (&signature.constness, &item.body) {
            return refuse(token.span(), "a call to elsewhere cannot be const");
        }
        if !signature.generics.params.is_empty() {
            let why = "a marked function cannot be generic: both sides have to know its types";
            return refuse(signature.generics.params.span(), why);
        }
        if let Some(clause) = &signature.generics.where_clause {
            return refuse(
                clause.span(),
                "a marked function cannot be generic: both sides have to know its types",
            );
        }
        if let Some(variadic) = &signature.variadic {
            return refuse(variadic.span(), "the parameters have to be written");
        }
        let mut params = Vec::new();
        for input in &signature.inputs {
            let FnArg::Typed(input) = input else {
                return refuse(input.span(), "a method cannot be marked: take the value as a parameter");
            };
            let ident = match &*input.pat {
                Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => &pat.ident,
                other => return refuse(other.span(), "a parameter needs a name, which is its name in WIT"),
            };
            check(&input.ty, Place::Parameter)?;
            let label = name::of_snake(ident)?;
            if params.iter().any(|param: &Param| param.label == label) {
                let why = format!("two parameters would be `{label}` in WIT");
                return refuse(ident.span(), &why);
            }
            params.push(Param {
                ident: ident.clone(),
                label,
                ty: (*input.ty).clone(),
            });
        }
        let result = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => {
                check(ty, Place::Side)?;
                Some((**ty).clone())
            }
        };
        Ok(Marked {
            interface: options.interface,
            label: name::of_snake(&signature.ident)?,
            symbol: format!("__wasm_rpc_{}", signature.ident.unraw()),
            params,
            result,
            attributes: item.attributes,
            visibility: item.visibility,
            signature: item.signature,
            body: item.body,
        })
    }
}
