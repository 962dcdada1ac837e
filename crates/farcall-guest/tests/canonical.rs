//! What is computed while a crate is compiled, against the component model's own tools: core signatures, layouts, WIT text
//! and the worlds of `wasm32-wasip2`.
//!
//! Makes no call.

#![allow(dead_code)]

use farcall_guest::abi::{Described, Function, Param, Shape, component_type, entry};
use farcall_guest::{Status, Value};
use farcall_wit::Wit;
use farcall_wit::wit_component::metadata;
use farcall_wit::wit_parser::abi::{AbiVariant, WasmType};
use farcall_wit::wit_parser::{self, SizeAlign};

/// A place.
#[derive(Value)]
struct Point {
    x: i32,
    /// Upwards.
    r#type: i64,
}

#[derive(Value)]
enum Colour {
    Red,
    DarkGreen,
}

#[derive(Value)]
enum Figure {
    Empty,
    Circle(f64),
    Count(f32),
    Line(Point, Point),
    Text(String),
}

#[derive(Value)]
struct Id(u64);

#[derive(Value)]
struct Pair(u8, Colour);

macro_rules! functions {
    ($($name:ident($($param:ident: $ty:ty),*) -> $result:ty;)*) => {
        [$(Function {
            inbound: true,
            interface: "",
            name: stringify!($name),
            docs: "Of the test.",
            params: &[$(Param { name: stringify!($param), shape: <$ty as Described>::SHAPE }),*],
            result: <$result as Described>::SHAPE,
        }),*]
    };
}

const FUNCTIONS: [Function; 16] = functions! {
    nothing() -> ();
    scalars(a: i32, b: i64, c: f32, d: f64) -> i32;
    narrow(a: u8, b: i8, c: u16, d: i16, e: bool, f: char) -> u64;
    text(a: String, b: &str) -> String;
    lists(a: Vec<u8>, b: &[i64], c: Vec<Option<Point>>) -> Vec<Vec<String>>;
    record(p: Point) -> Point;
    choice(c: Colour) -> Colour;
    variant(f: Figure) -> Figure;
    named(i: Id, p: Pair) -> Id;
    empty(a: Result<(), ()>, b: Result<(), Colour>) -> Result<(), ()>;
    fails(a: Result<f32, i32>, b: Result<f64, i64>, c: Result<f32, f32>) -> Result<i32, Status>;
    tuples(a: (u8, u64, u8), b: (String,)) -> (f32, (bool, char));
    options(a: Option<Option<u8>>, b: Option<f64>) -> Option<String>;
    sixteen(a: (u32, u32, u32, u32), b: (u32, u32, u32, u32), c: (u32, u32, u32, u32), d: (u32, u32, u32, u32)) -> u8;
    seventeen(a: (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32, u32), b: (u8, u8, u8, u8, u8)) -> f32;
    import(a: Vec<Figure>, uses: Vec<Pair>) -> Vec<(Id, Figure)>;
};

/// The world of a function's text.
fn parsed(function: &Function) -> Wit {
    const ROOM: usize = 8192;
    let text = entry::<ROOM>(function);
    let text = String::from_utf8(text.bytes[..text.len].to_vec()).expect("the text is UTF-8");
    let (types, function): (Vec<&str>, Vec<&str>) = match text.rfind("\n/// Of the test.") {
        Some(at) => (text[..at].lines().collect(), text[at..].lines().collect()),
        None => (Vec::new(), text.lines().collect()),
    };
    let world = format!(
        "package a:b;\nworld w {{\n{}\n{}\n}}",
        types.join("\n"),
        function.join("\n")
    );
    Wit::from_text("test", &world, None).unwrap_or_else(|error| panic!("{world}: {error}"))
}

fn of_world(wit: &Wit) -> wit_parser::Function {
    let world = &wit.resolve().worlds[wit.world()];
    let mut items = world.exports.values().chain(world.imports.values());
    let function = items.find_map(|item| match item {
        wit_parser::WorldItem::Function(function) => Some(function.clone()),
        _ => None,
    });
    function.expect("the world has a function")
}

/// Adds the custom section that a function of `wasm32-wasip2` has.
fn push_world(module: &mut Vec<u8>, function: &Function) {
    let world = component_type::<8192>(function);
    let section = [b"\x0ecomponent-type".as_slice(), &world.bytes[..world.len]].concat();
    module.push(0);
    let mut size = section.len();
    while size > 0x7f {
        module.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    module.push(size as u8);
    module.extend(section);
}

fn numbers(types: &[WasmType]) -> Vec<u8> {
    let number = |ty: &WasmType| match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => 1,
        WasmType::I64 | WasmType::PointerOrI64 => 2,
        WasmType::F32 => 3,
        WasmType::F64 => 4,
    };
    types.iter().map(number).collect()
}

#[test]
fn core_signatures_are_the_canonical_abis() {
    for function in FUNCTIONS {
        let wit = parsed(&function);
        for (inbound, variant) in [(true, AbiVariant::GuestExport), (false, AbiVariant::GuestImport)] {
            let expected = wit.resolve().wasm_signature(variant, &of_world(&wit));
            let found = Function { inbound, ..function }.signature();
            let count = found.params.iter().take_while(|kind| **kind != 0).count();
            assert_eq!(
                found.params[..count],
                numbers(&expected.params),
                "{} {variant:?}",
                function.name
            );
            let result: Vec<u8> = [found.result].into_iter().filter(|kind| *kind != 0).collect();
            assert_eq!(result, numbers(&expected.results), "{} {variant:?}", function.name);
            assert_eq!(found.params_in_memory, expected.indirect_params, "{}", function.name);
            assert_eq!(found.result_in_memory, expected.retptr, "{}", function.name);
        }
    }
}

#[test]
fn layouts_in_memory_are_the_canonical_abis() {
    for function in FUNCTIONS {
        let wit = parsed(&function);
        let mut sizes = SizeAlign::default();
        sizes.fill(wit.resolve());
        let of_world = of_world(&wit);
        let types = of_world
            .params
            .iter()
            .map(|param| Some(param.ty))
            .chain([of_world.result]);
        let shapes = function.params.iter().map(|param| param.shape).chain([function.result]);
        for (ty, shape) in types.zip(shapes) {
            let Some(ty) = ty else {
                assert!(matches!(shape, Shape::Unit));
                continue;
            };
            assert_eq!(
                shape.size(),
                sizes.size(&ty).size_wasm32(),
                "{}: {shape:?}",
                function.name
            );
            assert_eq!(
                shape.align(),
                sizes.align(&ty).align_wasm32(),
                "{}: {shape:?}",
                function.name
            );
        }
    }
}

#[test]
fn worlds_in_binary_say_what_the_text_says() {
    for function in FUNCTIONS {
        for interface in ["", "demo:calc/ops@0.1.0"] {
            let function = Function { interface, ..function };
            let mut module = b"\0asm\x01\0\0\0".to_vec();
            push_world(&mut module, &function);
            let (_, decoded) = metadata::decode(&module).unwrap_or_else(|e| panic!("{}: {e:#}", function.name));
            let decoded = Wit::new(decoded.resolve, decoded.world);
            let expected = parsed(&Function {
                interface: "",
                ..function
            });
            let [found] = &decoded.exports()[..] else {
                panic!("{}: one interface", function.name)
            };
            assert_eq!(found.name.to_string(), interface);
            assert_eq!(
                found.functions[0].canonical(),
                expected.exports()[0].functions[0].canonical()
            );
            assert_eq!(found.functions[0].name, function.name);
        }
    }
}

#[test]
fn worlds_of_several_functions_are_joined_with_their_types() {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for function in FUNCTIONS {
        push_world(&mut module, &function);
    }
    let (_, decoded) = metadata::decode(&module).expect("the worlds fit each other");
    let functions = decoded.resolve.worlds[decoded.world].exports.len();
    assert_eq!(functions, FUNCTIONS.len());
}

#[test]
fn text_has_the_documentation_and_escapes_words_of_wit() {
    let text = |function: &Function| {
        let text = entry::<8192>(function);
        String::from_utf8(text.bytes[..text.len].to_vec()).expect("the text is UTF-8")
    };
    let [.., record, _, _, _, _, _, _, _, _, _, _] = FUNCTIONS;
    let expected = "/// A place.\nrecord point {\n  x: s32,\n  /// Upwards.\n  %type: s64,\n}\n/// Of the test.\n\
                    export record: func(p: point) -> point;\n"
        .replace("export record", "export %record");
    assert_eq!(text(&record), expected);
    assert_eq!(entry::<0>(&record).len, expected.len());
}
