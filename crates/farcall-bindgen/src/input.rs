//! What is between the parentheses: where the WIT is, and what else is wanted.
//!
//! Reads no WIT.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{LitStr, Path, Token, braced, bracketed};

/// `"wit"`, or `{ path: "wit", world: "app", derives: [Hash] }`, with `inline: "..."` in place of `path`.
pub(crate) struct Input {
    pub(crate) place: Place,
    pub(crate) world: Option<LitStr>,
    pub(crate) derives: Vec<Path>,
}

/// Where WIT is.
pub(crate) enum Place {
    /// A file or folder, from the package's own folder.
    Path(LitStr),
    Inline(LitStr),
}

impl Place {
    pub(crate) fn span(&self) -> Span {
        match self {
            Place::Path(text) | Place::Inline(text) => text.span(),
        }
    }
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Input> {
        if input.peek(LitStr) {
            let place = Place::Path(input.parse()?);
            input.parse::<Option<Token![,]>>()?;
            return Ok(Input {
                place,
                world: None,
                derives: Vec::new(),
            });
        }
        let content;
        // The fields may stand in braces of their own, or in those of the macro.
        let fields = match input.peek(syn::token::Brace) {
            true => {
                braced!(content in input);
                Punctuated::<Field, Token![,]>::parse_terminated(&content)?
            }
            false => Punctuated::<Field, Token![,]>::parse_terminated(input)?,
        };
        let (mut place, mut world, mut derives) = (None, None, Vec::new());
        for field in fields {
            match field {
                Field::Place(given) if place.is_none() => place = Some(given),
                Field::Place(given) => {
                    return Err(syn::Error::new(given.span(), "there is one `path` or one `inline`"));
                }
                Field::World(given) => world = Some(given),
                Field::Derives(given) => derives = given,
            }
        }
        let place = place.ok_or_else(|| {
            syn::Error::new(
                Span::call_site(),
                "say where the WIT is: `path: \"wit\"`, or `inline: \"package a:b; ...\"`",
            )
        })?;
        Ok(Input { place, world, derives })
    }
}

enum Field {
    Place(Place),
    World(LitStr),
    Derives(Vec<Path>),
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> syn::Result<Field> {
        let name: syn::Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        match name.to_string().as_str() {
            "path" => Ok(Field::Place(Place::Path(input.parse()?))),
            "inline" => Ok(Field::Place(Place::Inline(input.parse()?))),
            "world" => Ok(Field::World(input.parse()?)),
            "derives" => {
                let content;
                bracketed!(content in input);
                let derives = Punctuated::<Path, Token![,]>::parse_terminated(&content)?;
                Ok(Field::Derives(derives.into_iter().collect()))
            }
            _ => Err(syn::Error::new(
                name.span(),
                "there are `path`, `inline`, `world` and `derives`",
            )),
        }
    }
}
