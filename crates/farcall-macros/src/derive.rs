//! `#[derive(Value)]`: a struct or an enum as a type of WIT, sent and received field by field.
//!
//! Knows no layout: `farcall_guest::abi` does.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Data, DataEnum, DeriveInput, Error, Fields, Index, Member, Result, Type, Variant};

use crate::expand::shape;
use crate::name::{docs, of_camel, of_snake};
use crate::supported::{Place, check};

/// The derive's work.
pub fn derive(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    if !item.generics.params.is_empty() {
        return Err(Error::new(
            item.generics.params.span(),
            "a type of WIT cannot be generic: write one type for each use",
        ));
    }
    let named = named(&of_camel(&item.ident)?, &item.attrs);
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => {
                let mut members = Vec::new();
                for field in &fields.named {
                    let ident = field.ident.as_ref().expect("the fields are named");
                    check(&field.ty, Place::Inside)?;
                    members.push(member(&of_snake(ident)?, &field.attrs, &shape(&field.ty)));
                }
                let record = quote!(::farcall_guest::abi::Shape::Record(&#named, &[#(#members),*]));
                Ok(product(&item.ident, &record, &fields_of(&data.fields)))
            }
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => {
                let types: Vec<&Type> = fields.unnamed.iter().map(|field| &field.ty).collect();
                let inner = tuple_shape(&types)?;
                let alias = quote!(::farcall_guest::abi::Shape::Alias(&#named, #inner));
                Ok(product(&item.ident, &alias, &fields_of(&data.fields)))
            }
            _ => Err(Error::new(
                item.ident.span(),
                "a struct without fields has no WIT type: WIT knows no empty record",
            )),
        },
        Data::Enum(data) => sum(&item.ident, &named, data),
        Data::Union(data) => Err(Error::new(
            data.union_token.span(),
            "a union does not say what it holds: take an enum",
        )),
    }
}

fn named(name: &str, attributes: &[Attribute]) -> TokenStream {
    let docs = docs(attributes);
    quote!(::farcall_guest::abi::Named { name: #name, docs: #docs })
}

fn member(name: &str, attributes: &[Attribute], shape: &TokenStream) -> TokenStream {
    let docs = docs(attributes);
    quote!(::farcall_guest::abi::Member { name: #name, docs: #docs, shape: #shape })
}

fn tuple_shape(types: &[&Type]) -> Result<TokenStream> {
    types.iter().try_for_each(|ty| check(ty, Place::Inside))?;
    let shapes: Vec<TokenStream> = types.iter().map(|ty| shape(ty)).collect();
    Ok(match shapes.as_slice() {
        [one] => one.clone(),
        _ => quote!(&::farcall_guest::abi::Shape::Tuple(&[#(#shapes),*])),
    })
}

/// The fields' names, or numbers, and types.
fn fields_of(fields: &Fields) -> Vec<(Member, Type)> {
    let member = |(i, field): (usize, &syn::Field)| match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => Member::Unnamed(Index {
            index: i as u32,
            span: Span::call_site(),
        }),
    };
    let types = fields.iter().map(|field| field.ty.clone());
    fields.iter().enumerate().map(member).zip(types).collect()
}

// A struct of whatever kind: its fields one after another.
fn product(ident: &Ident, shape: &TokenStream, fields: &[(Member, Type)]) -> TokenStream {
    let names: Vec<&Member> = fields.iter().map(|(name, _)| name).collect();
    let types: Vec<&Type> = fields.iter().map(|(_, ty)| ty).collect();
    impls(
        ident,
        shape,
        &quote!(#(::farcall_guest::abi::Lower::lower(&self.#names, __slots, __arena);)*),
        &quote! {
            let mut __fields = ::farcall_guest::abi::Fields::new(__at);
            unsafe { #(__fields.store(&self.#names, __arena);)* }
        },
        &quote!(unsafe { Self { #(#names: <#types as ::farcall_guest::abi::Lift>::lift(__slots)),* } }),
        &quote! {
            let mut __fields = ::farcall_guest::abi::Fields::new(__at.cast_mut());
            unsafe { Self { #(#names: __fields.load::<#types>()),* } }
        },
    )
}

fn sum(ident: &Ident, named: &TokenStream, data: &DataEnum) -> Result<TokenStream> {
    if data.variants.is_empty() {
        return Err(Error::new(
            ident.span(),
            "an enum without cases has no value that could travel",
        ));
    }
    let plain = data.variants.iter().all(|case| case.fields.is_empty());
    let kind = if plain { quote!(Enum) } else { quote!(Variant) };
    let mut cases = Vec::new();
    let (mut lowers, mut stores, mut lifts, mut loads) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, case) in data.variants.iter().enumerate() {
        let number = number as u32;
        let name = &case.ident;
        let types = payload(case)?;
        let payload = match types.as_slice() {
            [] => quote!(&::farcall_guest::abi::Shape::Unit),
            types => tuple_shape(types)?,
        };
        cases.push(member(&of_camel(name)?, &case.attrs, &payload));
        let values: Vec<Ident> = (0..types.len()).map(|i| format_ident!("__value{i}")).collect();
        let pattern = if values.is_empty() {
            quote!(Self::#name)
        } else {
            quote!(Self::#name(#(#values),*))
        };
        let rebuilt = |values: Vec<TokenStream>| match values.is_empty() {
            true => quote!(Self::#name),
            false => quote!(Self::#name(#(#values),*)),
        };
        lowers.push(quote! {
            #pattern => {
                let __end = __slots.begin_case(<Self as ::farcall_guest::abi::Described>::SHAPE, #number);
                #(::farcall_guest::abi::Lower::lower(#values, __slots, __arena);)*
                __slots.end_case(__end);
            }
        });
        stores.push(quote! {
            #pattern => unsafe {
                let __payload = ::farcall_guest::abi::store_case(
                    __at,
                    <Self as ::farcall_guest::abi::Described>::SHAPE,
                    #number,
                );
                let mut __fields = ::farcall_guest::abi::Fields::new(__payload);
                #(__fields.store(#values, __arena);)*
            },
        });
        let lifted = types
            .iter()
            .map(|ty| quote!(<#ty as ::farcall_guest::abi::Lift>::lift(__slots)));
        let value = rebuilt(lifted.collect());
        lifts.push(quote!(#number => unsafe { #value },));
        let loaded = types.iter().map(|ty| quote!(__fields.load::<#ty>()));
        let value = rebuilt(loaded.collect());
        loads.push(quote!(#number => unsafe { #value },));
    }
    Ok(impls(
        ident,
        &quote!(::farcall_guest::abi::Shape::#kind(&#named, &[#(#cases),*])),
        &quote!(match self { #(#lowers)* }),
        &quote!(match self { #(#stores)* }),
        &quote! {
            let (__case, __end) = __slots.take_case(<Self as ::farcall_guest::abi::Described>::SHAPE);
            let __value = match __case {
                #(#lifts)*
                _ => ::farcall_guest::abi::invalid(),
            };
            __slots.end_case(__end);
            __value
        },
        &quote! {
            let (__case, __payload) =
                unsafe { ::farcall_guest::abi::load_case(__at, <Self as ::farcall_guest::abi::Described>::SHAPE) };
            let mut __fields = ::farcall_guest::abi::Fields::new(__payload.cast_mut());
            match __case {
                #(#loads)*
                _ => ::farcall_guest::abi::invalid(),
            }
        },
    ))
}

fn payload(case: &Variant) -> Result<Vec<&Type>> {
    match &case.fields {
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(fields) if !fields.unnamed.is_empty() => {
            Ok(fields.unnamed.iter().map(|field| &field.ty).collect())
        }
        Fields::Unnamed(fields) => Err(Error::new(fields.span(), "write the case without parentheses")),
        Fields::Named(fields) => Err(Error::new(
            fields.span(),
            "a case has no named fields in WIT: give it a struct of its own, with #[derive(Value)]",
        )),
    }
}

fn impls(
    ident: &Ident,
    shape: &TokenStream,
    lower: &TokenStream,
    store: &TokenStream,
    lift: &TokenStream,
    load: &TokenStream,
) -> TokenStream {
    let abi = quote!(::farcall_guest::abi);
    quote! {
        #[allow(unused_variables, unused_mut, clippy::all)]
        impl #abi::Described for #ident {
            const SHAPE: &'static #abi::Shape = &#shape;
        }

        #[allow(unsafe_code, unused_variables, unused_mut, unused_unsafe, clippy::all)]
        impl #abi::Lower for #ident {
            fn lower(&self, __slots: &mut #abi::Slots, __arena: &mut #abi::Arena) {
                #lower
            }
            unsafe fn store(&self, __at: *mut u8, __arena: &mut #abi::Arena) {
                #store
            }
        }

        #[allow(unsafe_code, unused_variables, unused_mut, unused_unsafe, clippy::all)]
        impl #abi::Lift for #ident {
            unsafe fn lift(__slots: &mut #abi::Slots) -> Self {
                #lift
            }
            unsafe fn load(__at: *const u8) -> Self {
                #load
            }
        }
    }
}
