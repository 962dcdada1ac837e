//! Appends a fused skeleton to the component that it serves: raw sections, after all that is there.
//!
//! What was there stays as it is, byte for byte; what is appended knows it by index alone.

use std::sync::LazyLock;

use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, ComponentAliasSection, ComponentExportKind as Item,
    ComponentExportSection, ComponentInstanceSection, ComponentSection, ComponentSectionId, ComponentTypeSection,
    ComponentValType, ExportKind, InstanceSection, ModuleArg, PrimitiveValType as Plain, RawSection,
};

use crate::door::DISPATCH_INTERFACE;
use crate::outline::Outline;

/// Names the types of the dispatch, as tools do for every interface that a component exports.
static NAMES: LazyLock<Vec<u8>> =
    LazyLock::new(|| wat::parse_str(include_str!("dispatch.wat")).expect("dispatch.wat is well formed"));

/// Names of the exports of a fused module, and of the one instance that it imports from.
pub(crate) const CALLEE: &str = "callee";
pub(crate) const MEMORY: &str = "memory";
pub(crate) const REALLOC: &str = "cabi_realloc";
pub(crate) const CALL: &str = "call";
pub(crate) const POST_CALL: &str = "post-call";
pub(crate) const DESCRIBE: &str = "describe";

/// A core item of the component that a fused module imports.
pub(crate) struct Taken {
    pub name: String,
    pub kind: ExportKind,
    pub index: u32,
}

/// The component with `module` in it, given what the module imports, and with the dispatch among its exports.
pub(crate) fn attach(component: &[u8], outline: &Outline<'_>, module: &[u8], taken: &[Taken]) -> Vec<u8> {
    let counts = outline.counts;
    let mut out = component.to_vec();
    out.reserve(module.len() + 2048);
    let raw = |id: ComponentSectionId, data: &[u8], out: &mut Vec<u8>| {
        append(out, &RawSection { id: id.into(), data });
    };
    raw(ComponentSectionId::CoreModule, module, &mut out);

    let mut instances = InstanceSection::new();
    instances.export_items(taken.iter().map(|item| (&item.name, item.kind, item.index)));
    let callee = counts.core_instances;
    instances.instantiate(counts.core_modules, [(CALLEE, ModuleArg::Instance(callee))]);
    append(&mut out, &instances);

    let mut aliases = ComponentAliasSection::new();
    let mut alias = |kind, name| {
        _ = aliases.alias(Alias::CoreInstanceExport {
            instance: callee + 1,
            kind,
            name,
        })
    };
    alias(ExportKind::Memory, MEMORY);
    for name in [REALLOC, CALL, POST_CALL, DESCRIBE] {
        alias(ExportKind::Func, name);
    }
    append(&mut out, &aliases);
    let [realloc, call, post_call, describe] = [0, 1, 2, 3].map(|i| counts.core_functions + i);

    let first = counts.types;
    append(&mut out, &types(first));
    let mut functions = CanonicalFunctionSection::new();
    let memory = CanonicalOption::Memory(counts.core_memories);
    functions.lift(describe, first + DESCRIBE_TYPE, [memory, CanonicalOption::UTF8]);
    functions.lift(
        call,
        first + CALL_TYPE,
        [
            memory,
            CanonicalOption::Realloc(realloc),
            CanonicalOption::PostReturn(post_call),
            CanonicalOption::UTF8,
        ],
    );
    append(&mut out, &functions);

    raw(ComponentSectionId::Component, &NAMES, &mut out);
    let mut instances = ComponentInstanceSection::new();
    instances.instantiate(
        outline.components(),
        [
            ("import-type-code", Item::Type, first + CODE),
            ("import-type-status", Item::Type, first + STATUS),
            ("import-type-method", Item::Type, first + METHOD),
            ("import-func-describe", Item::Func, outline.functions()),
            ("import-func-call", Item::Func, outline.functions() + 1),
        ],
    );
    append(&mut out, &instances);
    let mut exports = ComponentExportSection::new();
    exports.export(DISPATCH_INTERFACE, Item::Instance, outline.instances(), None);
    append(&mut out, &exports);
    out
}

fn append(out: &mut Vec<u8>, section: &impl ComponentSection) {
    out.push(section.id());
    section.encode(out);
}

const CODE: u32 = 0;
const BYTES: u32 = 1;
const STATUS: u32 = 2;
const METHOD: u32 = 3;
const METHODS: u32 = 4;
const ANSWER: u32 = 5;
const DESCRIBE_TYPE: u32 = 6;
const CALL_TYPE: u32 = 7;

/// The dispatch's types, in the order of the constants above; the first gets the index `first`.
fn types(first: u32) -> ComponentTypeSection {
    let plain = ComponentValType::Primitive;
    let own = |ty: u32| ComponentValType::Type(first + ty);
    let mut types = ComponentTypeSection::new();
    types.defined_type().enum_type(CODES);
    types.defined_type().list(plain(Plain::U8));
    let status = [
        ("code", own(CODE)),
        ("message", plain(Plain::String)),
        ("details", own(BYTES)),
    ];
    types.defined_type().record(status);
    let method = ["link", "path", "fingerprint"].map(|name| (name, plain(Plain::String)));
    types.defined_type().record(method);
    types.defined_type().list(own(METHOD));
    types.defined_type().result(Some(own(BYTES)), Some(own(STATUS)));
    let none: [(&str, ComponentValType); 0] = [];
    types.function().params(none).result(Some(own(METHODS)));
    let params = [("function", plain(Plain::U32)), ("request", own(BYTES))];
    types.function().params(params).result(Some(own(ANSWER)));
    types
}

const CODES: [&str; 16] = [
    "cancelled",
    "unknown",
    "invalid-argument",
    "deadline-exceeded",
    "not-found",
    "already-exists",
    "permission-denied",
    "resource-exhausted",
    "failed-precondition",
    "aborted",
    "out-of-range",
    "unimplemented",
    "internal",
    "unavailable",
    "data-loss",
    "unauthenticated",
];
