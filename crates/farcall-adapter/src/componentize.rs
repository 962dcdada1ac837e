//! A core module whose functions have WIT, made into a component: its exports become an interface, its imports functions
//! of the world or of the interface that they name.
//!
//! Emits no code: the module follows the canonical ABI already, under other names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use farcall_wit::wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use farcall_wit::wit_parser::PackageMetadata;
use farcall_wit::{InterfaceName, Wit};
use wasi_preview1_component_adapter_provider as preview1;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{CustomSection, Encode, ExportSection, ImportSection, RawSection};
use wasmparser::{Parser, Payload};

use crate::annotations::{Annotation, Annotations, SYMBOL_PREFIX, WIT_SECTION, label};
use crate::error::AdaptError;
use crate::signatures::{CoreFunctions, core_type};

/// The component that a core module is, if its functions are called what [`SYMBOL_PREFIX`] says or it carries
/// `component-type` sections, as wit-bindgen's modules do.
///
/// `name` is the interface of the exports: a plain `calc`, or a full `demo:calc/ops@0.1.0`. Imports that name no interface
/// become functions of the world. A module of preview 1 gets the adapter that makes it one of WASI 0.2.
///
/// # Errors
///
/// The module is none, its WIT is wrong or does not fit its functions, or it needs an import that nothing gives.
pub fn componentize(module: &[u8], name: &str) -> Result<Vec<u8>, AdaptError> {
    // Both parse and encode with libraries that assert what a strange module may break.
    let work = AssertUnwindSafe(|| encode(module, name));
    catch_unwind(work).unwrap_or_else(|_| Err(AdaptError::Module("it cannot be made into a component".into())))
}

/// Whether a module can be served by [`componentize`] alone: a function of it has types beyond the four of core
/// WebAssembly, or it was made by a tool that expects it to become a component.
pub fn needs_component(module: &[u8]) -> Result<bool, AdaptError> {
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| AdaptError::Module(error.to_string()))?;
        if let Payload::CustomSection(section) = payload
            && section.name().starts_with(COMPONENT_TYPE)
        {
            return Ok(true);
        }
    }
    let Some(annotations) = Annotations::of(module)? else {
        return Ok(false);
    };
    let mut functions = annotations.exports.iter().chain(&annotations.imports);
    Ok(functions.any(|function| !function.interface.is_empty() || !core_type(&function.ty)))
}

fn encode(module: &[u8], name: &str) -> Result<Vec<u8>, AdaptError> {
    let invalid = |error: &dyn std::fmt::Display| AdaptError::Module(format!("{error:#}"));
    wasmparser::validate(module).map_err(|error| invalid(&error))?;
    let functions = CoreFunctions::of(module)?;
    let annotations = Annotations::of(module)?.unwrap_or_default();
    let exports: InterfaceName = name.parse().map_err(|error| invalid(&error))?;
    let plan = Plan::new(&functions, annotations, exports)?;
    let mut renamed = plan.rename(module)?;
    let mut documentation = None;
    if !plan.is_empty() {
        let wit = Wit::from_text("the module", &plan.wit(), None).map_err(|error| annotation(error.to_string()))?;
        embed_component_metadata(&mut renamed, wit.resolve(), wit.world(), StringEncoding::UTF8)
            .map_err(|error| invalid(&error))?;
        documentation = documented(&wit);
    }
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(&renamed)
        .map_err(|error| invalid(&error))?;
    if functions.imports_module(preview1::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME) {
        let adapter = match functions.exports.contains_key("_start") {
            true => preview1::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
            false => preview1::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        };
        encoder = encoder
            .adapter(preview1::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter)
            .map_err(|error| invalid(&error))?;
    }
    let component = encoder.encode().map_err(|error| invalid(&error))?;
    let Some(data) = documentation else {
        return Ok(component);
    };
    let mut told = component.clone();
    told.push(wasm_encoder::ComponentSectionId::CoreCustom.into());
    let name = PackageMetadata::SECTION_NAME.into();
    CustomSection {
        name,
        data: data.into(),
    }
    .encode(&mut told);
    // Who reads it refuses documentation of what is not there; a component without any is better than none.
    Ok(if Wit::from_component(&told).is_ok() {
        told
    } else {
        component
    })
}

// A component's types hold no documentation: it stands in a section of its own, by the names that readers give to a
// component's package and world.
fn documented(wit: &Wit) -> Option<Vec<u8>> {
    let package = wit.resolve().worlds.get(wit.world())?.package?;
    PackageMetadata::extract(wit.resolve(), package).encode().ok()
}

/// Custom sections in which toolchains keep a module's world.
pub(crate) const COMPONENT_TYPE: &str = "component-type";
/// The canonical ABI's names, before a function's symbol.
const REALLOC: &str = "cabi_realloc";
const POST: &str = "cabi_post_";
/// The core module that imported functions are of, and what the encoder calls the world itself.
const ENV: &str = "env";
const ROOT: &str = "$root";

/// What is to be made of a module.
struct Plan {
    annotations: Annotations,
    exports: InterfaceName,
    /// Core exports by what they are to be called.
    export_names: BTreeMap<String, String>,
    /// Core imports of `env` by the module and the name that they are to be.
    import_names: BTreeMap<String, (String, String)>,
}

impl Plan {
    fn new(functions: &CoreFunctions, annotations: Annotations, exports: InterfaceName) -> Result<Plan, AdaptError> {
        let mut plan = Plan {
            annotations,
            exports,
            export_names: BTreeMap::new(),
            import_names: BTreeMap::new(),
        };
        let mut kept = BTreeSet::new();
        for (symbol, ty) in &functions.exports {
            let Some(name) = symbol.strip_prefix(SYMBOL_PREFIX) else {
                continue;
            };
            let label = label(name);
            let known = plan.annotations.exports.iter().find(|function| function.name == label);
            let function = match known {
                Some(function) => function.clone(),
                None => Annotation::of_core(&label, ty, symbol)?,
            };
            let interface = if function.interface.is_empty() {
                plan.exports.to_string()
            } else {
                function.interface.clone()
            };
            let renamed = if interface.is_empty() {
                label.clone()
            } else {
                format!("{interface}#{label}")
            };
            plan.export_names
                .insert(format!("{POST}{symbol}"), format!("{POST}{renamed}"));
            plan.export_names.insert(symbol.clone(), renamed);
            if !kept.insert(function) {
                return Err(annotation(format!(
                    "two exports are the function `{label}`; rename one"
                )));
            }
        }
        if let Some(missing) = plan
            .annotations
            .exports
            .iter()
            .find(|function| !kept.contains(function))
        {
            let symbol = missing.name.replace('-', "_");
            let said = format!(
                "it speaks of `{}`, and the module exports no {SYMBOL_PREFIX}{symbol}",
                missing.name
            );
            return Err(annotation(said));
        }
        plan.annotations.exports = kept.into_iter().collect();
        // What is declared and never called, the linker left out.
        let mut kept = BTreeSet::new();
        for ((module, symbol), ty) in &functions.imports {
            let Some(name) = symbol.strip_prefix(SYMBOL_PREFIX).filter(|_| module == ENV) else {
                continue;
            };
            let label = label(name);
            let known = plan.annotations.imports.iter().find(|function| function.name == label);
            let function = match known {
                Some(function) => function.clone(),
                None => Annotation::of_core(&label, ty, symbol)?,
            };
            let module = if function.interface.is_empty() {
                ROOT.to_string()
            } else {
                function.interface.clone()
            };
            plan.import_names.insert(symbol.clone(), (module, label));
            kept.insert(function);
        }
        plan.annotations.imports = kept.into_iter().collect();
        if !functions.exports.contains_key(REALLOC)
            && let Some(realloc) = functions.exports.keys().find(|name| name.starts_with(REALLOC))
        {
            plan.export_names.insert(realloc.clone(), REALLOC.to_string());
        }
        Ok(plan)
    }

    fn is_empty(&self) -> bool {
        self.annotations.exports.is_empty() && self.annotations.imports.is_empty()
    }

    /// The module's world as WIT text.
    fn wit(&self) -> String {
        let mut interfaces: BTreeMap<String, BTreeSet<&Annotation>> = BTreeMap::new();
        let mut world = String::from("world root {\n");
        let loose: Vec<&Annotation> = self
            .annotations
            .imports
            .iter()
            .filter(|f| f.interface.is_empty())
            .collect();
        self.define(&mut world, &loose);
        for function in &loose {
            let _ = writeln!(world, "{}import %{}: {};", function.docs, function.name, function.ty);
        }
        for function in self.annotations.imports.iter().filter(|f| !f.interface.is_empty()) {
            interfaces
                .entry(function.interface.clone())
                .or_default()
                .insert(function);
            let _ = writeln!(world, "import {};", function.interface);
        }
        let own = self.exports.to_string();
        let mut inline = Vec::new();
        for function in &self.annotations.exports {
            let interface = if function.interface.is_empty() {
                &own
            } else {
                &function.interface
            };
            if interface.contains(':') {
                interfaces.entry(interface.clone()).or_default().insert(function);
                let _ = writeln!(world, "export {interface};");
            } else {
                inline.push(function);
            }
        }
        if !inline.is_empty() {
            let _ = writeln!(world, "export %{own}: interface {{");
            self.members(&mut world, &inline);
            world.push_str("}\n");
        }
        world.push_str("}\n");
        let mut text = format!("package root:component;\n{}", once_each(&world));
        for (interface, functions) in interfaces {
            let (package, version) = interface
                .split_once('@')
                .map_or((&*interface, None), |(p, v)| (p, Some(v)));
            let (package, name) = package.split_once('/').unwrap_or((package, ""));
            let version = version.map(|version| format!("@{version}")).unwrap_or_default();
            let _ = writeln!(text, "package {package}{version} {{\ninterface %{name} {{");
            self.members(&mut text, &functions.into_iter().collect::<Vec<_>>());
            text.push_str("}\n}\n");
        }
        text
    }

    fn members(&self, text: &mut String, functions: &[&Annotation]) {
        self.define(text, functions);
        for function in functions {
            let _ = writeln!(text, "{}%{}: {};", function.docs, function.name, function.ty);
        }
    }

    // The types that functions speak of, and those that these are made of.
    fn define(&self, text: &mut String, functions: &[&Annotation]) {
        let mut wanted: Vec<&str> = functions.iter().flat_map(|function| words(&function.ty)).collect();
        let mut found = BTreeSet::new();
        while let Some(word) = wanted.pop() {
            if let Some((name, definition)) = self.annotations.types.get_key_value(word)
                && found.insert(name)
            {
                wanted.extend(words(definition));
            }
        }
        for name in found {
            text.push_str(&self.annotations.types[name]);
        }
    }

    /// The module with the names that a component's encoder expects.
    fn rename(&self, module: &[u8]) -> Result<Vec<u8>, AdaptError> {
        let failed = |error: &dyn std::fmt::Display| AdaptError::Module(error.to_string());
        let mut renamed = wasm_encoder::Module::new();
        let mut encoder = RoundtripReencoder;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(|error| failed(&error))?;
            match payload {
                Payload::ImportSection(section) => {
                    let mut imports = ImportSection::new();
                    for import in section.into_imports() {
                        let import = import.map_err(|error| failed(&error))?;
                        let ty = encoder.entity_type(import.ty).map_err(|error| failed(&error))?;
                        let known = self.import_names.get(import.name).filter(|_| import.module == ENV);
                        match known {
                            Some((module, name)) => imports.import(module, name, ty),
                            None => imports.import(import.module, import.name, ty),
                        };
                    }
                    renamed.section(&imports);
                }
                Payload::ExportSection(section) => {
                    let mut exports = ExportSection::new();
                    for export in section {
                        let export = export.map_err(|error| failed(&error))?;
                        let name = self.export_names.get(export.name).map_or(export.name, String::as_str);
                        // One is enough; the others were there for who reads one function alone.
                        if name == export.name && name.starts_with(REALLOC) && name != REALLOC {
                            continue;
                        }
                        let kind = encoder.export_kind(export.kind).map_err(|error| failed(&error))?;
                        exports.export(name, kind, export.index);
                    }
                    renamed.section(&exports);
                }
                Payload::CustomSection(section) if section.name() == WIT_SECTION => {}
                other => {
                    if let Some((id, range)) = other.as_section() {
                        let data = module.get(range).unwrap_or_default();
                        renamed.section(&RawSection { id, data });
                    }
                }
            }
        }
        Ok(renamed.finish())
    }
}

// A line `import ns:pkg/name;` or `export ...;` may be wanted by several functions.
fn once_each(world: &str) -> String {
    let mut seen = BTreeSet::new();
    let wanted =
        |line: &&str| !line.contains('/') || line.trim_start().starts_with("///") || seen.insert(line.to_string());
    let lines: Vec<&str> = world.lines().filter(wanted).collect();
    lines.join("\n") + "\n"
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
}

fn annotation(reason: String) -> AdaptError {
    AdaptError::Annotation(reason)
}
