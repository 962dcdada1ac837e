//! Generated skeletons and stubs of plain modules, run: random types and values come back bit by bit, and no request that
//! is cut or changed is taken for another.

use farcall_adapter::{
    CoreType, PLAIN_MODULE, PlainFunction, PlainImport, TRANSPORT_INTERFACE, plain_skeleton, plain_stub,
};
use proptest::prelude::*;
use wasmtime::{Caller, Engine, Extern, Instance, Linker, Memory, Module, Store, Val};

/// A value by its type and bits.
type Bits = (CoreType, u64);

fn value() -> impl Strategy<Value = Bits> {
    let ty = prop_oneof![
        Just(CoreType::I32),
        Just(CoreType::I64),
        Just(CoreType::F32),
        Just(CoreType::F64)
    ];
    let small = any::<i8>().prop_map(|small| i64::from(small).cast_unsigned());
    let bits = prop_oneof![any::<u64>(), small, Just(0x7fa0_0001), Just(0xfff4_0000_0000_0001)];
    (ty, bits)
}

fn function(values: &[Bits]) -> PlainFunction {
    let types: Vec<CoreType> = values.iter().map(|(ty, _)| *ty).collect();
    PlainFunction {
        symbol: "f".into(),
        name: "f".into(),
        params: types.clone(),
        results: types,
        declared: None,
    }
}

/// By the rules of spec/values.md, not by any encoder of ours.
fn encoded(values: &[Bits]) -> Vec<u8> {
    let mut out = Vec::new();
    for (ty, bits) in values {
        match ty {
            CoreType::I32 => signed(i64::from(*bits as i32), &mut out),
            CoreType::I64 => signed(bits.cast_signed(), &mut out),
            CoreType::F32 => out.extend((*bits as u32).to_le_bytes()),
            CoreType::F64 => out.extend(bits.to_le_bytes()),
        }
    }
    out
}

fn signed(mut value: i64, out: &mut Vec<u8>) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

/// A module whose `f` gives its parameters back.
fn echo(function: &PlainFunction) -> Vec<u8> {
    let types: Vec<String> = function
        .params
        .iter()
        .map(|ty| format!("{ty:?}").to_lowercase())
        .collect();
    let types = types.join(" ");
    let gets: String = (0..function.params.len()).map(|i| format!("(local.get {i})")).collect();
    let text = format!("(module (func (export \"f\") (param {types}) (result {types}) {gets}))");
    wat::parse_str(text).unwrap()
}

struct Served {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Served {
    fn new(engine: &Engine, function: &PlainFunction) -> Served {
        let mut store = Store::new(engine, ());
        let module = Module::new(engine, echo(function)).unwrap();
        let module = Instance::new(&mut store, &module, &[]).unwrap();
        let mut linker = Linker::new(engine);
        linker.instance(&mut store, PLAIN_MODULE, module).unwrap();
        let skeleton = Module::new(engine, plain_skeleton(std::slice::from_ref(function))).unwrap();
        let instance = linker.instantiate(&mut store, &skeleton).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        Served {
            store,
            instance,
            memory,
        }
    }

    /// The response, or the case of the status's code.
    fn call(&mut self, request: &[u8]) -> Result<Vec<u8>, u32> {
        let Served {
            store,
            instance,
            memory,
        } = self;
        let mut constant = |name| {
            let global = instance.get_global(&mut *store, name).unwrap();
            global.get(&mut *store).unwrap_i32() as usize
        };
        let (at, room) = (constant("request"), constant("room"));
        let request = &request[..request.len().min(room)];
        memory.write(&mut *store, at, request).unwrap();
        let call = instance.get_typed_func::<(u32, u32), (u32, u32, u32)>(&mut *store, "call");
        let (status, at, length) = call.unwrap().call(&mut *store, (0, request.len() as u32)).unwrap();
        let answer = memory.data(&*store)[at as usize..][..length as usize].to_vec();
        match status {
            0 => Ok(answer),
            status => Err(status - 1),
        }
    }
}

const INVALID_ARGUMENT: u32 = 2;

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// spec: M-2, M-3, V-3
    #[test]
    fn a_skeleton_takes_what_is_encoded_and_nothing_else(
        values in prop::collection::vec(value(), 0..12),
        extra in 1usize..300,
    ) {
        let engine = Engine::default();
        let request = encoded(&values);
        let mut served = Served::new(&engine, &function(&values));
        prop_assert_eq!(served.call(&request), Ok(request.clone()));
        for cut in 0..request.len() {
            prop_assert_eq!(served.call(&request[..cut]), Err(INVALID_ARGUMENT));
        }
        let long = [&request[..], &vec![0; extra][..]].concat();
        prop_assert_eq!(served.call(&long), Err(INVALID_ARGUMENT));
        // Whatever bytes it takes, it gives: one value has one encoding.
        for at in 0..request.len() {
            let mut changed = request.clone();
            changed[at] ^= 1 << (extra % 8);
            match served.call(&changed) {
                Ok(response) => prop_assert_eq!(response, changed),
                Err(code) => prop_assert_eq!(code, INVALID_ARGUMENT),
            }
        }
        prop_assert_eq!(served.call(&request), Ok(request));
    }

    /// spec: M-2, M-3
    #[test]
    fn a_stub_hands_out_what_it_is_given_and_gives_back_what_comes(values in prop::collection::vec(value(), 0..12)) {
        let engine = Engine::default();
        let import = PlainImport {
            function: function(&values),
            link: "m".into(),
            path: "/M/F".into(),
            fingerprint: "print".into(),
        };
        let mut linker = Linker::<Vec<u8>>::new(&engine);
        linker.func_wrap(TRANSPORT_INTERFACE, "call", carry).unwrap();
        let abort = |_: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32| -> wasmtime::Result<()> {
            Err(wasmtime::Error::msg("aborted"))
        };
        linker.func_wrap(TRANSPORT_INTERFACE, "abort", abort).unwrap();
        let mut store = Store::new(&engine, Vec::new());
        let stub = Module::new(&engine, plain_stub(&[import])).unwrap();
        let stub = linker.instantiate(&mut store, &stub).unwrap();
        let call = stub.get_func(&mut store, "f").unwrap();
        let params: Vec<Val> = values.iter().map(|(ty, bits)| match ty {
            CoreType::I32 => Val::I32(*bits as i32),
            CoreType::I64 => Val::I64(bits.cast_signed()),
            CoreType::F32 => Val::F32(*bits as u32),
            CoreType::F64 => Val::F64(*bits),
        }).collect();
        let mut results = vec![Val::I32(0); values.len()];
        for _ in 0..2 {
            call.call(&mut store, &params, &mut results).unwrap();
            prop_assert_eq!(format!("{params:?}"), format!("{results:?}"));
        }
        let seen = [b"m /M/F print ", &encoded(&values)[..]].concat();
        prop_assert_eq!(store.data(), &seen);
    }
}

/// Gives the request back, and keeps what it was called with.
#[allow(clippy::too_many_arguments)]
fn carry(
    mut caller: Caller<'_, Vec<u8>>,
    link: u32,
    link_length: u32,
    path: u32,
    path_length: u32,
    mark: u32,
    mark_length: u32,
    request: u32,
    request_length: u32,
    response: u32,
    room: u32,
) -> u32 {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        panic!("a stub has a memory");
    };
    let read = |at: u32, length: u32| memory.data(&caller)[at as usize..][..length as usize].to_vec();
    let request = read(request, request_length);
    let [link, path, mark] = [(link, link_length), (path, path_length), (mark, mark_length)].map(|(at, n)| read(at, n));
    assert!(request.len() < room as usize);
    memory.write(&mut caller, response as usize, &request).unwrap();
    let length = request.len() as u32;
    *caller.data_mut() = [&link[..], &path, &mark, &request].join(&b' ');
    length
}
