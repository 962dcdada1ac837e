//! The bindings of a world in C, C++ and Go, by wit-bindgen's generators.
//!
//! Not here: Rust, whose macro does it while it compiles, and Python and JavaScript, whose tools read WIT themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use farcall_wit::Wit;
use wit_bindgen_core::{Files, WorldGenerator};

use crate::error::ProjectError;

/// The generator of a language that needs its bindings as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Generator {
    /// A header, a source, and an object file with the world's type for the linker.
    C,
    /// The same in C++, with `wit.h`; C++23.
    Cpp,
    /// Packages; `None` makes a module of its own called `wit_component`, whose `main` they are.
    Go(Option<GoPackages>),
}

/// Where bindings are within a Go module that has a `main` of its own, which imports `GENERATED/wit_exports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoPackages {
    /// The import path of the folder that they are written to: `hello/gen`.
    pub generated: String,
    /// The import path below which the packages `export_*` are, the program's own, with the functions that it exports:
    /// `hello`.
    pub exports: String,
}

/// One file of the bindings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its path below the folder of the bindings, with `/`.
    pub path: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// The bindings of the world that is looked at, sorted by path.
///
/// # Errors
///
/// The generator does not know a type or a function of the world.
pub fn bindings(generator: &Generator, wit: &Wit) -> Result<Vec<Written>, ProjectError> {
    let mut resolve = wit.resolve().clone();
    let world = resolve.worlds.get(wit.world()).map(|world| world.name.clone());
    let failed = |reason| ProjectError::Bindings {
        language: generator.name(),
        world: world.clone().unwrap_or_default(),
        reason,
    };
    let mut files = Files::default();
    // What a generator does not know yet, it says by a panic.
    let work = AssertUnwindSafe(|| {
        generator
            .world_generator()
            .generate(&mut resolve, wit.world(), &mut files)
    });
    match catch_unwind(work) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(failed(format!("{error:#}"))),
        Err(_) => return Err(failed("the generator does not know all of its types".into())),
    }
    let files = files.iter().map(|(path, bytes)| Written {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
    });
    Ok(files.collect())
}

impl Generator {
    fn name(&self) -> &'static str {
        match self {
            Generator::C => "C",
            Generator::Cpp => "C++",
            Generator::Go(_) => "Go",
        }
    }

    fn world_generator(&self) -> Box<dyn WorldGenerator> {
        match self {
            Generator::C => wit_bindgen_c::Opts::default().build(),
            Generator::Cpp => wit_bindgen_cpp::Opts::default().build(None),
            Generator::Go(packages) => wit_bindgen_go::Opts {
                // A formatter is another program.
                format: wit_bindgen_go::Format::False,
                pkg_name: packages.as_ref().map(|packages| packages.generated.clone()),
                export_pkg_name: packages.as_ref().map(|packages| packages.exports.clone()),
                ..wit_bindgen_go::Opts::default()
            }
            .build(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIT: &str = "package demo:calc;
        interface ops { record point { x: s32 } move: func(p: point) -> result<point, string>; }
        world calc { export ops; }";

    fn written(generator: &Generator) -> Vec<String> {
        let wit = Wit::from_text("w.wit", WIT, None).unwrap();
        let files = bindings(generator, &wit).unwrap();
        files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn each_language_has_its_files() {
        assert_eq!(written(&Generator::C), ["calc.c", "calc.h", "calc_component_type.o"]);
        let cpp = written(&Generator::Cpp);
        for file in ["calc.cpp", "calc_component_type.o", "calc_cpp.h", "wit.h"] {
            assert!(cpp.contains(&file.to_string()), "{cpp:?}");
        }
        let go = written(&Generator::Go(None));
        for file in ["go.mod", "wit_exports.go", "demo_calc_ops/wit_bindings.go"] {
            assert!(go.contains(&file.to_string()), "{go:?}");
        }
    }

    #[test]
    fn go_within_a_module_has_no_module_of_its_own() {
        let packages = GoPackages {
            generated: "example.com/x/gen".into(),
            exports: "example.com/x".into(),
        };
        let wit = Wit::from_text("w.wit", WIT, None).unwrap();
        let files = bindings(&Generator::Go(Some(packages)), &wit).unwrap();
        assert!(files.iter().all(|file| file.path != "go.mod"));
        let exports = files
            .iter()
            .find(|file| file.path == "wit_exports/wit_exports.go")
            .unwrap();
        let text = std::str::from_utf8(&exports.bytes).unwrap();
        assert!(text.contains("\"example.com/x/export_demo_calc_ops\""), "{text}");
        assert!(text.contains("\"example.com/x/gen/demo_calc_ops\""), "{text}");
    }

    #[test]
    fn what_a_generator_does_not_know_is_an_error_that_names_the_world() {
        let text = "package demo:calc; world calc { import take: func(of: map<string, u32>); }";
        let wit = Wit::from_text("w.wit", text, None).unwrap();
        for generator in [Generator::C, Generator::Cpp] {
            let said = match bindings(&generator, &wit) {
                Ok(_) => continue,
                Err(error) => error.to_string(),
            };
            assert!(said.contains("no C") && said.contains("`calc`"), "{said}");
        }
    }
}
