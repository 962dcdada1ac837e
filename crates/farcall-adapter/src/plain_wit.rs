//! A plain module's functions as WIT: what a caller of any language sees of them.
//!
//! Not here: reading the module (`plain`), and what its calls are carried by.

use std::fmt::Write;

use farcall_wit::{InterfaceName, Wit, core_label, core_path};

use crate::Served;
use crate::plain::{CoreType, Declared, PlainFunction};
use crate::plain_error::PlainError;

/// A world that exports `exports` as that interface, and imports `imports` as functions of its own: whose they are, a link
/// says. Parameters are called `p0`, `p1` and so on where the module does not say.
pub fn plain_wit(
    interface: &InterfaceName,
    exports: &[PlainFunction],
    imports: &[PlainFunction],
) -> Result<Wit, PlainError> {
    let mut text = String::new();
    let functions: String = exports.iter().map(|function| declaration("", function)).collect();
    let export = match interface {
        InterfaceName::Package {
            namespace,
            package,
            interface: name,
            version,
        } if !exports.is_empty() => {
            let version = version.iter().map(|version| format!("@{version}")).collect::<String>();
            text = format!("package %{namespace}:%{package}{version} {{ interface %{name} {{\n{functions}}} }}\n");
            format!("  export %{namespace}:%{package}/%{name}{version};\n")
        }
        name if !exports.is_empty() => format!("  export %{name}: interface {{\n{functions}  }}\n"),
        _ => String::new(),
    };
    let imports: String = imports
        .iter()
        .map(|function| declaration("import ", function))
        .collect();
    let _ = write!(text, "package root:module {{ world root {{\n{imports}{export}}} }}\n");
    Wit::from_text("module", &text, None).map_err(|error| PlainError::Wit(error.to_string()))
}

/// What a skeleton of those functions serves, in their order.
pub fn plain_served(interface: &InterfaceName, functions: &[PlainFunction]) -> Result<Vec<Served>, PlainError> {
    let typed = typed(interface, functions)?;
    let served = functions.iter().zip(typed).map(|(function, typed)| {
        let nameless = typed.nameless_fingerprint();
        let fingerprint = match &function.declared {
            Some(declared) if typed.nameless_canonical() != Some(canonical(function)) => {
                return Err(PlainError::Misdeclared {
                    name: typed.name.clone(),
                    declared: declared.ty.clone(),
                    symbol: function.symbol.clone(),
                    actual: function.to_string(),
                });
            }
            Some(_) => None,
            None => nameless,
        };
        Ok(Served {
            interface: interface.clone(),
            path: core_path(interface, &function.name),
            fingerprint: fingerprint.unwrap_or_else(|| typed.fingerprint()),
            function: typed,
        })
    });
    served.collect()
}

/// The text of the nameless fingerprint (spec: F-5).
fn canonical(function: &PlainFunction) -> String {
    let list = |types: &[CoreType]| types.iter().map(|ty| ty.wit()).collect::<Vec<_>>().join(",");
    format!("core({})->({})", list(&function.params), list(&function.results))
}

/// Their types, in their order.
fn typed(interface: &InterfaceName, functions: &[PlainFunction]) -> Result<Vec<farcall_wit::Function>, PlainError> {
    let exported = plain_wit(interface, functions, &[])?.exports();
    let typed: Vec<_> = exported.into_iter().flat_map(|interface| interface.functions).collect();
    match typed.len() == functions.len() {
        true => Ok(typed),
        false => Err(PlainError::Wit("its functions are not told apart".into())),
    }
}

fn declaration(keyword: &str, function: &PlainFunction) -> String {
    let label = core_label(&function.name);
    if let Some(Declared { ty, docs }) = &function.declared {
        return format!("{docs}{keyword}%{label}: {ty};\n");
    }
    let params = function.params.iter().enumerate();
    let params: Vec<String> = params.map(|(i, ty)| format!("p{i}: {}", ty.wit())).collect();
    let results: Vec<&str> = function.results.iter().map(|ty| CoreType::wit(*ty)).collect();
    let result = match results.as_slice() {
        [] => String::new(),
        [one] => format!(" -> {one}"),
        several => format!(" -> tuple<{}>", several.join(", ")),
    };
    format!("{keyword}%{label}: func({}){result};\n", params.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, params: &[CoreType], results: &[CoreType]) -> PlainFunction {
        PlainFunction {
            symbol: name.into(),
            name: name.into(),
            params: params.into(),
            results: results.into(),
            declared: None,
        }
    }

    /// spec: N-11, F-5
    #[test]
    fn names_and_types_become_wit_and_paths() {
        use CoreType::{F32, F64, I32, I64};
        let functions = [
            function("word_count", &[I32, I64], &[F32]),
            function("A!", &[], &[F64, I32]),
            function("", &[], &[]),
            function("list", &[], &[]),
            function("sha_256", &[I32], &[I32]),
        ];
        for (name, service) in [("m", "M"), ("a:b/c@1.2.0", "a.b.v1.C"), ("interface", "Interface")] {
            let served = plain_served(&name.parse().unwrap(), &functions).unwrap();
            let shown: Vec<_> = served
                .iter()
                .map(|served| (served.name(), served.path.clone(), served.function.signature()))
                .collect();
            let expected = [
                ("word-count", "WordCount", "func(p0: s32, p1: s64) -> f32"),
                ("raw-x4121", "Raw__4121", "func() -> tuple<f64, s32>"),
                ("raw-x", "Raw__", "func()"),
                ("list", "List", "func()"),
                ("sha-256", "Sha_256", "func(p0: s32) -> s32"),
            ];
            for ((shown_name, path, signature), (label, method, ty)) in shown.iter().zip(expected) {
                assert_eq!(shown_name, &format!("{name}.{label}"));
                assert_eq!(path, &format!("/{service}/{method}"));
                assert!(signature.contains(ty), "{signature}");
            }
            assert_eq!(Some(served[0].fingerprint), served[0].function.nameless_fingerprint());
        }
    }

    /// spec: M-5, F-7
    #[test]
    fn what_the_module_declares_gives_parameters_their_names() {
        let declared = |ty: &str| {
            let mut function = function("sub", &[CoreType::I32, CoreType::I32], &[CoreType::I32]);
            let docs = "/// Subtracts.\n".into();
            function.declared = Some(Declared { ty: ty.into(), docs });
            plain_served(&"m".parse().unwrap(), &[function])
        };
        let served = declared("func(a: s32, b: s32) -> s32").unwrap();
        assert_eq!(served[0].fingerprint, served[0].function.fingerprint());
        assert_eq!(served[0].function.docs.as_deref(), Some("Subtracts."));
        let wrong = declared("func(a: s32, b: s64) -> s32").unwrap_err();
        assert!(wrong.to_string().contains("`sub` is (i32 i32) -> (i32)"), "{wrong}");
        assert!(matches!(declared("func(a: s32"), Err(PlainError::Wit(_))));
    }

    #[test]
    fn imports_are_functions_of_the_world() {
        let wit = plain_wit(&"m".parse().unwrap(), &[], &[function("sub", &[CoreType::I32], &[])]).unwrap();
        assert!(wit.render().contains("import sub: func(p0: s32);"), "{}", wit.render());
    }
}
