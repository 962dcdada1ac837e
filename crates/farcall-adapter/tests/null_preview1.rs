//! The adapter for guests without WASI: that it has every function, its time and its random numbers.

use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as WHOLE;
use wasmtime::{Engine, FuncType, Instance, Memory, MemoryType, Module, Store};

struct Null {
    store: Store<()>,
    memory: Memory,
    instance: Instance,
}

impl Null {
    fn new() -> Null {
        let engine = Engine::default();
        let module = null(&engine);
        let mut store = Store::new(&engine, ());
        let memory = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
        let instance = Instance::new(&mut store, &module, &[memory.into()]).unwrap();
        Null {
            store,
            memory,
            instance,
        }
    }

    fn now(&mut self) -> u64 {
        let read = self
            .instance
            .get_typed_func::<(i32, i64, i32), i32>(&mut self.store, "clock_time_get");
        assert_eq!(read.unwrap().call(&mut self.store, (1, 0, 0)).unwrap(), 0);
        self.number(0)
    }

    /// Waits for subscriptions at 1024, with room for events at 2048: the error, and how many fired.
    fn poll(&mut self, count: i32) -> (i32, u64) {
        let poll = self
            .instance
            .get_typed_func::<(i32, i32, i32, i32), i32>(&mut self.store, "poll_oneoff");
        let error = poll.unwrap().call(&mut self.store, (1024, 2048, count, 8)).unwrap();
        (error, self.number(8) & 0xffff_ffff)
    }

    fn number(&self, at: usize) -> u64 {
        let mut bytes = [0; 8];
        self.memory.read(&self.store, at, &mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    }

    fn subscribe(&mut self, index: usize, userdata: u64, kind: u64, time: u64, absolute: u64) {
        for (at, number) in [(0, userdata), (8, kind), (16, 0), (24, time), (32, 0), (40, absolute)] {
            let at = 1024 + 48 * index + at;
            self.memory.write(&mut self.store, at, &number.to_le_bytes()).unwrap();
        }
    }
}

fn null(engine: &Engine) -> Module {
    let binary = wat::parse_str(include_str!("../src/null-preview1.wat")).unwrap();
    Module::new(engine, binary).unwrap()
}

const CLOCK: u64 = 0;
const READING: u64 = 1;

#[test]
fn it_has_every_function_that_the_whole_adapter_has_and_imports_a_memory_alone() {
    let engine = Engine::default();
    let (null, whole) = (null(&engine), Module::new(&engine, WHOLE).unwrap());
    let functions = |module: &Module| -> Vec<(String, FuncType)> {
        let functions = module
            .exports()
            .filter_map(|export| Some((export.name().to_string(), export.ty().func()?.clone())));
        functions
            .filter(|(name, _)| !name.starts_with("cabi_") && !name.contains("adapter"))
            .collect()
    };
    let have = functions(&null);
    let wanted = functions(&whole);
    assert!(wanted.len() > 40, "{wanted:?}");
    for (name, ty) in wanted {
        let found = have.iter().find(|(have, _)| *have == name);
        assert!(found.is_some_and(|(_, have)| FuncType::eq(have, &ty)), "{name}: {ty:?}");
    }
    let imports: Vec<_> = null.imports().map(|import| import.name().to_string()).collect();
    assert_eq!(imports, ["memory"]);
}

#[test]
fn a_clock_moves_when_it_is_read_and_when_somebody_sleeps() {
    let mut null = Null::new();
    let start = null.now();
    assert!(null.now() > start);

    null.subscribe(0, 6, READING, 0, 0);
    null.subscribe(1, 7, CLOCK, 5_000_000_000, 0);
    assert_eq!(null.poll(2), (0, 1));
    // The clock's own event: its userdata, no error, of a clock.
    assert_eq!((null.number(2048), null.number(2056)), (7, 0));
    let later = null.now();
    assert!(later >= start + 5_000_000_000);

    null.subscribe(0, 8, CLOCK, later + 1_000_000, 1);
    assert_eq!(null.poll(1), (0, 1));
    let after = null.now();
    assert!(after > later + 1_000_000 && after < later + 1_000_000_000);

    // A moment that has passed already turns nothing back.
    null.subscribe(0, 9, CLOCK, 1, 1);
    assert_eq!(null.poll(1), (0, 1));
    assert!(null.now() > after);
}

#[test]
fn descriptors_alone_are_not_waited_for() {
    let mut null = Null::new();
    null.subscribe(0, 6, READING, 0, 0);
    assert_eq!(null.poll(1).0, 58);
}

#[test]
fn random_bytes_fill_what_was_asked_for_and_no_more() {
    let mut null = Null::new();
    let random = null
        .instance
        .get_typed_func::<(i32, i32), i32>(&mut null.store, "random_get");
    assert_eq!(random.unwrap().call(&mut null.store, (64, 16)).unwrap(), 0);
    assert_ne!(null.number(64), null.number(72));
    assert_ne!(null.number(72), 0);
    assert_eq!(null.number(80), 0);
}
