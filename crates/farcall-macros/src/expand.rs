//! The code of a marked function: its constants, its core function, and the WIT that the module carries.
//!
//! Decides nothing about types: `farcall_guest::abi` does, while the code is compiled.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Pat, Type};

use crate::marked::Marked;
use crate::name::docs;

/// `MAX_FLAT_PARAMS` and the place of the result.
const CORE_PARAMS: usize = 17;

/// What a marked function becomes.
pub fn expand(marked: &Marked) -> TokenStream {
    if marked.body.is_some() {
        inbound(marked)
    } else {
        outbound(marked)
    }
}

fn inbound(marked: &Marked) -> TokenStream {
    let Marked {
        attributes,
        visibility,
        signature,
        body,
        ..
    } = marked;
    let constants = constants(marked);
    let section = section(marked);
    let (names, slots) = core_params();
    let owned: Vec<Type> = marked.params.iter().map(|param| owned(&param.ty)).collect();
    let values: Vec<_> = (0..owned.len()).map(|i| format_ident!("__value{i}")).collect();
    let takes = marked
        .params
        .iter()
        .zip(&owned)
        .zip(&values)
        .map(|((param, owned), value)| {
            let incoming = quote_spanned!(param.ty.span()=> __incoming.take::<#owned>());
            quote!(let #value: #owned = unsafe { #incoming };)
        });
    let passed = marked.params.iter().zip(&values).map(|(param, value)| match param.ty {
        Type::Reference(_) => quote!(&#value),
        _ => quote!(#value),
    });
    let function = &signature.ident;
    let result = result(marked);
    let symbol = &marked.symbol;
    let (realloc, post) = (format!("cabi_realloc_{symbol}"), format!("cabi_post_{symbol}"));
    let component = component_export(marked);
    let component_post = component_post(marked);
    let memory = (!marked.is_scalar()).then(|| {
        quote! {
            #[cfg(not(target_env = "p2"))]
            #[unsafe(export_name = #realloc)]
            unsafe extern "C" fn __realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
                unsafe { ::farcall_guest::abi::cabi_realloc(old, old_size, align, size) }
            }

            #[cfg_attr(not(target_env = "p2"), unsafe(export_name = #post))]
            #[cfg_attr(target_env = "p2", unsafe(export_name = #component_post))]
            unsafe extern "C" fn __post(__result: ::farcall_guest::abi::Slot<{ __SIGNATURE.result }>) {
                if __SIGNATURE.result_in_memory {
                    let __bits = ::farcall_guest::abi::CoreValue::into_bits(__result);
                    unsafe { ::farcall_guest::abi::release::<#result, __AREA>(__bits) }
                }
            }
        }
    });
    quote! {
        #(#attributes)*
        #visibility #signature #body

        #[allow(unsafe_code, improper_ctypes_definitions, clippy::all)]
        const _: () = {
            #constants

            #[cfg(target_family = "wasm")]
            const _: () = {
                #section

                #[cfg_attr(not(target_env = "p2"), unsafe(export_name = #symbol))]
                #[cfg_attr(target_env = "p2", unsafe(export_name = #component))]
                unsafe extern "C" fn __call(
                    #(#names: ::farcall_guest::abi::Slot<{ __SIGNATURE.params[#slots] }>),*
                ) -> ::farcall_guest::abi::Slot<{ __SIGNATURE.result }> {
                    let mut __incoming = ::farcall_guest::abi::Incoming::new(
                        &__FUNCTION,
                        &__SIGNATURE,
                        [#(::farcall_guest::abi::CoreValue::into_bits(#names)),*],
                    );
                    #(#takes)*
                    drop(__incoming);
                    let __result: #result = #function(#(#passed),*);
                    ::farcall_guest::abi::CoreValue::from_bits(if __SIGNATURE.result_in_memory {
                        ::farcall_guest::abi::result_in_memory::<#result, __AREA>(__result)
                    } else {
                        ::farcall_guest::abi::result(&__result)
                    })
                }

                #memory
            };
        };
    }
}

fn outbound(marked: &Marked) -> TokenStream {
    let Marked {
        attributes,
        visibility,
        signature,
        ..
    } = marked;
    let mut signature = signature.clone();
    for input in &mut signature.inputs {
        // The written function uses each parameter, and changes none.
        if let syn::FnArg::Typed(input) = input
            && let Pat::Ident(pat) = &mut *input.pat
        {
            pat.mutability = None;
        }
    }
    let constants = constants(marked);
    let section = section(marked);
    let (names, slots) = core_params();
    let params: Vec<_> = marked.params.iter().map(|param| &param.ident).collect();
    let pushes = marked.params.iter().map(|param| {
        let ident = &param.ident;
        let push = quote_spanned!(param.ty.span()=> __outgoing.push(&#ident));
        quote!(unsafe { #push };)
    });
    let (symbol, label) = (&marked.symbol, &marked.label);
    let module = if marked.interface.is_empty() {
        "$root"
    } else {
        &marked.interface
    };
    let result = result(marked);
    let lifted = quote_spanned!(result.span()=> ::farcall_guest::abi::lift::<#result>(__core));
    let loaded = quote_spanned!(result.span()=> __area.result::<#result>());
    let realloc = format!("cabi_realloc_{symbol}");
    let memory = (!marked.is_scalar()).then(|| {
        quote! {
            #[cfg(not(target_env = "p2"))]
            #[unsafe(export_name = #realloc)]
            unsafe extern "C" fn __realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
                unsafe { ::farcall_guest::abi::cabi_realloc(old, old_size, align, size) }
            }
        }
    });
    let elsewhere = format!("`{label}` is called over WASM RPC, which only WebAssembly does: it has no body here");
    quote! {
        #(#attributes)*
        #[allow(unsafe_code, improper_ctypes, clippy::all)]
        #visibility #signature {
            #constants

            #[cfg(not(target_family = "wasm"))]
            {
                #(let _ = &#params;)*
                panic!(#elsewhere)
            }

            #[cfg(target_family = "wasm")]
            {
                #section
                #memory

                #[cfg_attr(not(target_env = "p2"), link(wasm_import_module = "env"))]
                #[cfg_attr(target_env = "p2", link(wasm_import_module = #module))]
                unsafe extern "C" {
                    #[cfg_attr(not(target_env = "p2"), link_name = #symbol)]
                    #[cfg_attr(target_env = "p2", link_name = #label)]
                    fn __call(
                        #(#names: ::farcall_guest::abi::Slot<{ __SIGNATURE.params[#slots] }>),*
                    ) -> ::farcall_guest::abi::Slot<{ __SIGNATURE.result }>;
                }

                let mut __outgoing = ::farcall_guest::abi::Outgoing::new(&__FUNCTION, &__SIGNATURE);
                #(#pushes)*
                let mut __area = ::farcall_guest::abi::Area::<__AREA>::new();
                if __SIGNATURE.result_in_memory {
                    __outgoing.push_area(&mut __area);
                }
                let __bits = __outgoing.bits();
                let __core = ::farcall_guest::abi::CoreValue::into_bits(unsafe {
                    __call(#(::farcall_guest::abi::CoreValue::from_bits(__bits[#slots])),*)
                });
                unsafe {
                    if __SIGNATURE.result_in_memory {
                        #loaded
                    } else {
                        #lifted
                    }
                }
            }
        }
    }
}

/// What the compiler has to know of the function, whatever it compiles for: so a type that cannot travel is found anywhere.
fn constants(marked: &Marked) -> TokenStream {
    let Marked { interface, label, .. } = marked;
    let docs = docs(&marked.attributes);
    let inbound = marked.body.is_some();
    let params = marked.params.iter().map(|param| {
        let (label, shape) = (&param.label, shape(&param.ty));
        quote!(::farcall_guest::abi::Param { name: #label, shape: #shape })
    });
    let received: Vec<_> = match inbound {
        true => marked.params.iter().map(|param| owned(&param.ty)).collect(),
        false => marked.result.iter().cloned().collect(),
    };
    let received = received.iter().map(|ty| {
        let is = quote_spanned!(ty.span()=> __is::<#ty>);
        quote!(let _ = #is;)
    });
    let result = shape(&result(marked));
    quote! {
        const _: () = {
            #[allow(dead_code)]
            fn __is<T: ::farcall_guest::abi::Lift>() {}
            #(#received)*
        };
        const __FUNCTION: ::farcall_guest::abi::Function = ::farcall_guest::abi::Function {
            inbound: #inbound,
            interface: #interface,
            name: #label,
            docs: #docs,
            params: &[#(#params),*],
            result: #result,
        };
        const __LENGTH: usize = ::farcall_guest::abi::entry::<0>(&__FUNCTION).len;
        #[allow(dead_code)]
        const __SIGNATURE: ::farcall_guest::abi::Signature = __FUNCTION.signature();
        #[allow(dead_code)]
        const __AREA: usize = __FUNCTION.result.size().div_ceil(8);
        // Evaluated for what it finds wrong.
        const _: usize = __LENGTH;
    }
}

/// What the module carries: the function's WIT, or for `wasm32-wasip2` its world, in a section of its own.
fn section(marked: &Marked) -> TokenStream {
    let direction = if marked.body.is_some() { "export" } else { "import" };
    let name = format!("component-type:wasm-rpc:{direction}-{}", marked.label);
    quote! {
        #[cfg(target_env = "p2")]
        const __WORLD_LENGTH: usize = ::farcall_guest::abi::component_type::<0>(&__FUNCTION).len;
        #[cfg(target_env = "p2")]
        #[used]
        #[unsafe(link_section = #name)]
        static __WORLD: [u8; __WORLD_LENGTH] =
            ::farcall_guest::abi::component_type::<__WORLD_LENGTH>(&__FUNCTION).bytes;

        #[cfg(not(target_env = "p2"))]
        #[used]
        #[unsafe(link_section = "wasm-rpc:wit")]
        static __WIT: [u8; __LENGTH] = ::farcall_guest::abi::entry::<__LENGTH>(&__FUNCTION).bytes;
    }
}

/// A type's WIT, an error of which points at the type.
pub fn shape(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::farcall_guest::abi::Described>::SHAPE)
}

fn result(marked: &Marked) -> Type {
    let unit = || {
        Type::Tuple(syn::TypeTuple {
            paren_token: Default::default(),
            elems: Default::default(),
        })
    };
    marked.result.clone().unwrap_or_else(unit)
}

/// What a parameter is taken as, if the function borrows it.
fn owned(ty: &Type) -> Type {
    let Type::Reference(reference) = ty else {
        return ty.clone();
    };
    let span = ty.span();
    match &*reference.elem {
        Type::Path(path) if path.path.is_ident("str") => {
            syn::parse_quote_spanned!(span=> ::farcall_guest::abi::String)
        }
        Type::Slice(slice) => {
            let element = &slice.elem;
            syn::parse_quote_spanned!(span=> ::farcall_guest::abi::Vec<#element>)
        }
        other => other.clone(),
    }
}

fn core_params() -> (Vec<syn::Ident>, Vec<usize>) {
    let slots: Vec<usize> = (0..CORE_PARAMS).collect();
    (slots.iter().map(|slot| format_ident!("__core{slot}")).collect(), slots)
}

// The two spellings of an export that no function of a C library can have: its symbol would take that one's place.
fn component_export(marked: &Marked) -> String {
    format!("cm32p2|{}|{}", canonical(&marked.interface), marked.label)
}

fn component_post(marked: &Marked) -> String {
    format!("{}_post", component_export(marked))
}

// `ns:pkg/name@1.2.3` with the version that the component model takes for the same: `@1`, `@0.2`, `@0.0.3`.
fn canonical(interface: &str) -> String {
    let Some((name, version)) = interface.split_once('@') else {
        return interface.to_string();
    };
    let numbers: Vec<&str> = version
        .split(['-', '+'])
        .next()
        .unwrap_or_default()
        .split('.')
        .collect();
    match numbers.as_slice() {
        ["0", "0", patch] => format!("{name}@0.0.{patch}"),
        ["0", minor, _] => format!("{name}@0.{minor}"),
        [major, ..] => format!("{name}@{major}"),
        [] => interface.to_string(),
    }
}

impl Marked {
    // Types that need no memory by their very names: a function of them alone does not need an allocator.
    fn is_scalar(&self) -> bool {
        let scalar = |ty: &Type| match ty {
            Type::Path(path) => path
                .path
                .get_ident()
                .is_some_and(|ident| SCALARS.iter().any(|scalar| ident == scalar)),
            Type::Tuple(tuple) => tuple.elems.is_empty(),
            _ => false,
        };
        self.params.iter().all(|param| scalar(&param.ty)) && self.result.as_ref().is_none_or(scalar)
    }
}

const SCALARS: [&str; 12] = [
    "bool", "char", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64",
];
