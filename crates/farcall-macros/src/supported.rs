//! Types that no remote call can carry, found by their look: so the error points at the token.
//!
//! What a named type is, the compiler finds out: `farcall_guest::Described` says what is missing there.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Error, GenericArgument, PathArguments, Result, Type};

const SUPPORTED: &str = "supported: bool, char, i8 to i64, u8 to u64, f32, f64, String, Vec<T>, Option<T>, Result<T, E>, \
                         tuples of up to 12, and structs and enums with #[derive(Value)]; as parameters also &str, &[T] and &T";

/// Where a type stands.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Parameter,
    /// The result of a function, or a side of a `Result`: `()` is nothing there.
    Side,
    Inside,
}

/// Says what is wrong with a type, at its token.
pub fn check(ty: &Type, place: Place) -> Result<()> {
    match ty {
        Type::Path(path) => {
            for segment in &path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
                    continue;
                };
                let inside = if segment.ident == "Result" {
                    Place::Side
                } else {
                    Place::Inside
                };
                for argument in &arguments.args {
                    if let GenericArgument::Type(ty) = argument {
                        check(ty, inside)?;
                    }
                }
            }
            match path.path.get_ident() {
                Some(ident) if ident == "usize" || ident == "isize" => {
                    let takes = if ident == "usize" { "u32 or u64" } else { "i32 or i64" };
                    Err(refused(
                        ident.span(),
                        &format!("`{ident}` differs from one machine to the next: take {takes}"),
                    ))
                }
                Some(ident) if ident == "u128" || ident == "i128" => {
                    Err(refused(ident.span(), &format!("`{ident}` has no WIT type")))
                }
                Some(ident) if ident == "str" && place == Place::Inside => {
                    Err(refused(ident.span(), "`str` has to stand behind `&`"))
                }
                _ => Ok(()),
            }
        }
        Type::Tuple(tuple) => {
            if tuple.elems.is_empty() && place != Place::Side {
                return Err(refused(
                    tuple.span(),
                    "`()` carries nothing: it stands for no result, or for a side of a Result",
                ));
            }
            if tuple.elems.len() > 12 {
                return Err(refused(
                    tuple.span(),
                    "a tuple has at most 12 elements here: take a struct",
                ));
            }
            tuple.elems.iter().try_for_each(|ty| check(ty, Place::Inside))
        }
        Type::Reference(reference) => {
            if let Some(mutability) = &reference.mutability {
                return Err(refused(
                    mutability.span(),
                    "`&mut` cannot travel: take the value, and return what became of it",
                ));
            }
            match &*reference.elem {
                Type::Slice(slice) => check(&slice.elem, Place::Inside),
                Type::Path(path) if path.path.is_ident("str") => Ok(()),
                other => check(other, Place::Inside),
            }
        }
        Type::Paren(inner) => check(&inner.elem, place),
        Type::Group(inner) => check(&inner.elem, place),
        Type::Array(array) => Err(refused(
            array.span(),
            "an array is not supported: take Vec<T>, or a tuple",
        )),
        Type::Slice(slice) => Err(refused(slice.span(), "a slice has to stand behind `&`")),
        Type::Ptr(pointer) => Err(refused(pointer.span(), "a pointer means nothing to the other side")),
        Type::BareFn(function) => Err(refused(
            function.span(),
            "a function pointer means nothing to the other side",
        )),
        Type::ImplTrait(ty) => Err(refused(
            ty.span(),
            "`impl` leaves the type open, and both sides have to know it",
        )),
        Type::TraitObject(ty) => Err(refused(
            ty.span(),
            "`dyn` leaves the type open, and both sides have to know it",
        )),
        Type::Never(never) => Err(refused(never.span(), "`!` is no result that could come back")),
        Type::Infer(infer) => Err(refused(infer.span(), "the type has to be written")),
        other => Err(refused(other.span(), "this type cannot travel")),
    }
}

fn refused(span: Span, why: &str) -> Error {
    Error::new(span, format!("{why}\n{SUPPORTED}"))
}
