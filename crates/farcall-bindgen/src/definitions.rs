//! The types of an interface in Rust, and how they are encoded and decoded.
//!
//! Knows no function.

use farcall_wit::wit_parser::{Flags, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

use crate::carried::{traits, why_not};
use crate::modules;
use crate::names::{camel, shouty, snake};

/// Writes types as one module names them.
pub(crate) struct Types<'a> {
    pub(crate) resolve: &'a Resolve,
    /// Modules between this one and where the macro stands.
    pub(crate) depth: usize,
    pub(crate) derives: &'a [Path],
    /// Types that are the error of a function.
    pub(crate) errors: Vec<TypeId>,
}

impl Types<'_> {
    /// Every named type of an interface.
    pub(crate) fn definitions(&self, interface: InterfaceId) -> TokenStream {
        let types = self.resolve.interfaces[interface].types.iter();
        types.map(|(name, id)| self.definition(name, *id)).collect()
    }

    /// The names that these take.
    pub(crate) fn taken(&self, interface: InterfaceId) -> Vec<Ident> {
        self.resolve.interfaces[interface]
            .types
            .keys()
            .map(|name| camel(name))
            .collect()
    }

    /// A type as it is owned.
    pub(crate) fn owned(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Bool => quote!(::core::primitive::bool),
            Type::U8 => quote!(::core::primitive::u8),
            Type::U16 => quote!(::core::primitive::u16),
            Type::U32 => quote!(::core::primitive::u32),
            Type::U64 => quote!(::core::primitive::u64),
            Type::S8 => quote!(::core::primitive::i8),
            Type::S16 => quote!(::core::primitive::i16),
            Type::S32 => quote!(::core::primitive::i32),
            Type::S64 => quote!(::core::primitive::i64),
            Type::F32 => quote!(::core::primitive::f32),
            Type::F64 => quote!(::core::primitive::f64),
            Type::Char => quote!(::core::primitive::char),
            Type::String => quote!(::std::string::String),
            // Functions with one are left out before it comes here.
            Type::ErrorContext => quote!(()),
            Type::Id(id) => self.named(*id).unwrap_or_else(|| self.anonymous(*id)),
        }
    }

    /// A type as a client's method takes it: what owns nothing by value, everything else borrowed.
    pub(crate) fn borrowed(&self, ty: &Type) -> TokenStream {
        if traits(self.resolve, ty).copy {
            return self.owned(ty);
        }
        match ty {
            Type::String => quote!(&::core::primitive::str),
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Type(ty) => self.borrowed(ty),
                TypeDefKind::List(element) => {
                    let element = self.owned(element);
                    quote!(&[#element])
                }
                TypeDefKind::Option(some) => {
                    let some = self.borrowed(some);
                    quote!(::core::option::Option<#some>)
                }
                _ => {
                    let owned = self.owned(ty);
                    quote!(&#owned)
                }
            },
            _ => self.owned(ty),
        }
    }

    /// The path of a type that has a name.
    fn named(&self, id: TypeId) -> Option<TokenStream> {
        let def = &self.resolve.types[id];
        let name = camel(def.name.as_ref()?);
        let up = (0..self.depth).map(|_| quote!(super));
        match def.owner {
            TypeOwner::Interface(interface) => {
                let path = modules::path(self.resolve, interface, None);
                Some(quote!(#(#up::)* #(#path::)* #name))
            }
            TypeOwner::World(_) | TypeOwner::None => None,
        }
    }

    fn anonymous(&self, id: TypeId) -> TokenStream {
        match &self.resolve.types[id].kind {
            TypeDefKind::List(element) => {
                let element = self.owned(element);
                quote!(::std::vec::Vec<#element>)
            }
            TypeDefKind::FixedLengthList(element, length) => {
                let (element, length) = (self.owned(element), usize::try_from(*length).unwrap_or(usize::MAX));
                quote!([#element; #length])
            }
            TypeDefKind::Map(key, value) => {
                let (key, value) = (self.owned(key), self.owned(value));
                quote!(::std::collections::BTreeMap<#key, #value>)
            }
            TypeDefKind::Tuple(tuple) => {
                let types = tuple.types.iter().map(|ty| self.owned(ty));
                quote!((#(#types,)*))
            }
            TypeDefKind::Option(some) => {
                let some = self.owned(some);
                quote!(::core::option::Option<#some>)
            }
            TypeDefKind::Result(result) => {
                let (ok, err) = (self.maybe(result.ok.as_ref()), self.maybe(result.err.as_ref()));
                quote!(::core::result::Result<#ok, #err>)
            }
            TypeDefKind::Type(ty) => self.owned(ty),
            _ => quote!(()),
        }
    }

    /// `()` for what is left out.
    pub(crate) fn maybe(&self, ty: Option<&Type>) -> TokenStream {
        ty.map_or_else(|| quote!(()), |ty| self.owned(ty))
    }

    fn definition(&self, name: &str, id: TypeId) -> TokenStream {
        if why_not(self.resolve, &Type::Id(id)).is_some() {
            return TokenStream::new();
        }
        let def = &self.resolve.types[id];
        let ident = camel(name);
        let docs = docs(def.docs.contents.as_deref(), || format!("`{name}`."));
        let defined = match &def.kind {
            TypeDefKind::Record(record) => {
                let fields: Vec<Ident> = record.fields.iter().map(|field| snake(&field.name)).collect();
                let names: Vec<&String> = record.fields.iter().map(|field| &field.name).collect();
                let types: Vec<TokenStream> = record.fields.iter().map(|field| self.owned(&field.ty)).collect();
                let field_docs = record
                    .fields
                    .iter()
                    .map(|field| self::docs(field.docs.contents.as_deref(), || format!("`{}`.", field.name)));
                let derives = self.derives(id);
                quote! {
                    #docs
                    #derives
                    pub struct #ident { #(#field_docs pub #fields: #types,)* }

                    impl ::farcall::bindings::Encode for #ident {
                        fn encode(&self, encoder: &mut ::farcall::bindings::Encoder) {
                            let _ = &encoder;
                            #(::farcall::bindings::Encode::encode(&self.#fields, encoder);)*
                        }
                    }

                    impl ::farcall::bindings::Decode for #ident {
                        const LEAST: usize = {
                            let least = 0usize;
                            #(let least = least.saturating_add(<#types as ::farcall::bindings::Decode>::LEAST);)*
                            least
                        };

                        fn decode(
                            decoder: &mut ::farcall::bindings::Decoder<'_>,
                        ) -> ::core::result::Result<Self, ::farcall::bindings::DecodeError> {
                            decoder.fields(|decoder| {
                                let _ = &decoder;
                                ::core::result::Result::Ok(#ident { #(#fields: decoder.named(#names)?,)* })
                            })
                        }
                    }
                }
            }
            TypeDefKind::Variant(variant) => {
                let cases: Vec<Case<'_>> = variant
                    .cases
                    .iter()
                    .map(|case| Case {
                        name: &case.name,
                        docs: case.docs.contents.as_deref(),
                        payload: case.ty.as_ref(),
                    })
                    .collect();
                let derives = self.derives(id);
                self.cases(&ident, &docs, &derives, &cases)
            }
            TypeDefKind::Enum(cases) => {
                let cases: Vec<Case<'_>> = cases
                    .cases
                    .iter()
                    .map(|case| Case {
                        name: &case.name,
                        docs: case.docs.contents.as_deref(),
                        payload: None,
                    })
                    .collect();
                let derives = self.derives(id);
                let (count, names) = (cases.len(), cases.iter().map(|case| camel(case.name)));
                let all = quote! {
                    impl #ident {
                        /// Every case, in order.
                        pub const ALL: [#ident; #count] = [#(#ident::#names),*];
                    }
                };
                let defined = self.cases(&ident, &docs, &derives, &cases);
                quote! { #defined #all }
            }
            TypeDefKind::Flags(flags) => flag_type(&ident, &docs, flags),
            _ => {
                let ty = self.anonymous(id);
                return quote! { #docs pub type #ident = #ty; };
            }
        };
        let error = self.errors.contains(&id).then(|| {
            quote! {
                impl ::core::fmt::Display for #ident {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        ::core::fmt::Debug::fmt(self, f)
                    }
                }

                impl ::std::error::Error for #ident {}
            }
        });
        quote! { #defined #error }
    }

    fn cases(&self, ident: &Ident, docs: &TokenStream, derives: &TokenStream, cases: &[Case<'_>]) -> TokenStream {
        let count = cases.len();
        let (mut definitions, mut encoded, mut decoded, mut least) = (vec![], vec![], vec![], vec![]);
        for (case, number) in cases.iter().zip(0u32..) {
            let (name, said) = (camel(case.name), case.name);
            let docs = self::docs(case.docs, || format!("`{said}`."));
            match case.payload {
                None => {
                    definitions.push(quote!(#docs #name));
                    encoded.push(quote!(#ident::#name => encoder.case(#number)));
                    decoded.push(quote!(#number => ::core::result::Result::Ok(#ident::#name)));
                    least.push(quote!(0usize));
                }
                Some(payload) => {
                    let ty = self.owned(payload);
                    definitions.push(quote!(#docs #name(#ty)));
                    encoded.push(quote! {
                        #ident::#name(payload) => {
                            encoder.case(#number);
                            ::farcall::bindings::Encode::encode(payload, encoder);
                        }
                    });
                    decoded.push(quote!(#number => decoder.named(#said).map(#ident::#name)));
                    least.push(quote!(<#ty as ::farcall::bindings::Decode>::LEAST));
                }
            }
        }
        quote! {
            #docs
            #derives
            pub enum #ident { #(#definitions,)* }

            impl ::farcall::bindings::Encode for #ident {
                fn encode(&self, encoder: &mut ::farcall::bindings::Encoder) {
                    match self { #(#encoded,)* }
                }
            }

            impl ::farcall::bindings::Decode for #ident {
                const LEAST: usize = {
                    let least = usize::MAX - 1;
                    #(let least = if #least < least { #least } else { least };)*
                    1 + least
                };

                fn decode(
                    decoder: &mut ::farcall::bindings::Decoder<'_>,
                ) -> ::core::result::Result<Self, ::farcall::bindings::DecodeError> {
                    match decoder.case_of(#count)? {
                        #(#decoded,)*
                        _ => ::core::result::Result::Err(decoder.no_case(#count)),
                    }
                }
            }
        }
    }

    fn derives(&self, id: TypeId) -> TokenStream {
        let traits = traits(self.resolve, &Type::Id(id));
        let eq = traits.eq.then(|| quote!(Eq, Hash,));
        let copy = traits.copy.then(|| quote!(Copy,));
        let more = self.derives;
        quote!(#[derive(Clone, Debug, PartialEq, #eq #copy #(#more,)*)])
    }
}

struct Case<'a> {
    name: &'a str,
    docs: Option<&'a str>,
    payload: Option<&'a Type>,
}

fn flag_type(ident: &Ident, docs: &TokenStream, flags: &Flags) -> TokenStream {
    let count = flags.flags.len();
    let repr = match count {
        0..=8 => quote!(u8),
        9..=16 => quote!(u16),
        17..=32 => quote!(u32),
        _ => quote!(u64),
    };
    let all = flags.flags.iter().zip(0u32..).map(|(flag, bit)| {
        let docs = self::docs(flag.docs.contents.as_deref(), || format!("`{}`.", flag.name));
        let name = shouty(&flag.name);
        quote! { #docs const #name = 1 << #bit; }
    });
    quote! {
        ::farcall::bindings::bitflags::bitflags! {
            #docs
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            pub struct #ident: #repr { #(#all)* }
        }

        impl ::farcall::bindings::Encode for #ident {
            fn encode(&self, encoder: &mut ::farcall::bindings::Encoder) {
                encoder.flags(self.intersection(#ident::all()).bits().into(), #count);
            }
        }

        impl ::farcall::bindings::Decode for #ident {
            const LEAST: usize = #count.div_ceil(8);

            fn decode(
                decoder: &mut ::farcall::bindings::Decoder<'_>,
            ) -> ::core::result::Result<Self, ::farcall::bindings::DecodeError> {
                decoder.flags_of(#count).map(|bits| #ident::from_bits_truncate(bits as #repr))
            }
        }
    }
}

/// WIT's documentation, or what stands where there is none.
pub(crate) fn docs(contents: Option<&str>, otherwise: impl FnOnce() -> String) -> TokenStream {
    let text = contents.map_or_else(otherwise, str::to_owned);
    let lines = text.lines().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}
