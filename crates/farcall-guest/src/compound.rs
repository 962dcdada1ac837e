//! Strings, lists, options, results and tuples as values.
//!
//! Structs and enums have their derive.

use alloc::string::String;
use alloc::vec::Vec;

use crate::memory::{Arena, Fields, Slots, address, free, load_case, store_case};
use crate::shape::Shape;
use crate::value::{Described, Lift, Lower, invalid};

impl Described for str {
    const SHAPE: &'static Shape = &Shape::String;
}

impl Lower for str {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        self.as_bytes().lower(slots, arena);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        // SAFETY: the caller's promise: a string lies as a list of its bytes.
        unsafe { self.as_bytes().store(at, arena) }
    }
}

impl Described for String {
    const SHAPE: &'static Shape = &Shape::String;
}

impl Lower for String {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        self.as_str().lower(slots, arena);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        // SAFETY: the caller's promise.
        unsafe { self.as_str().store(at, arena) }
    }
}

impl Lift for String {
    unsafe fn lift(slots: &mut Slots) -> String {
        // SAFETY: the caller's promise.
        text(unsafe { Vec::lift(slots) })
    }
    unsafe fn load(at: *const u8) -> String {
        // SAFETY: the caller's promise.
        text(unsafe { Vec::load(at) })
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|_| invalid())
}

impl<T: Described> Described for [T] {
    const SHAPE: &'static Shape = &Shape::List(T::SHAPE);
}

impl<T: Lower> Lower for [T] {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        slots.push_address(elements(self, arena));
        slots.push(self.len() as u64);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        let elements = elements(self, arena).addr() as u32;
        // SAFETY: the caller's promise: room for two words.
        unsafe {
            at.cast::<u32>().write(elements);
            at.cast::<u32>().wrapping_add(1).write(self.len() as u32);
        }
    }
}

/// Where a list's elements are as the canonical ABI has them: in place if Rust has them so too, else in a block.
fn elements<T: Lower>(list: &[T], arena: &mut Arena) -> *const u8 {
    if T::PLAIN {
        return list.as_ptr().cast();
    }
    let size = T::SHAPE.size();
    // A list in memory is of 2 GiB at most, and no element is more than 16 times as large as in Rust.
    let total = size.checked_mul(list.len()).unwrap_or_else(|| invalid());
    let block = arena.block(total, T::SHAPE.align());
    for (i, value) in list.iter().enumerate() {
        // SAFETY: the block has room for as many as the list has, one behind another.
        unsafe { value.store(block.wrapping_add(i * size), arena) }
    }
    block
}

impl<T: Described> Described for Vec<T> {
    const SHAPE: &'static Shape = &Shape::List(T::SHAPE);
}

impl<T: Lower> Lower for Vec<T> {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        self.as_slice().lower(slots, arena);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        // SAFETY: the caller's promise.
        unsafe { self.as_slice().store(at, arena) }
    }
}

impl<T: Lift> Lift for Vec<T> {
    unsafe fn lift(slots: &mut Slots) -> Vec<T> {
        let elements = slots.take_address();
        let count = slots.take() as usize;
        // SAFETY: the caller's promise.
        unsafe { list(elements, count) }
    }
    unsafe fn load(at: *const u8) -> Vec<T> {
        // SAFETY: the caller's promise: two words.
        let [elements, count] = unsafe { at.cast::<[u32; 2]>().read() };
        // SAFETY: the caller's promise.
        unsafe { list(address(u64::from(elements)), count as usize) }
    }
}

// Owns the elements, which the host allocated in one block.
unsafe fn list<T: Lift>(elements: *mut u8, count: usize) -> Vec<T> {
    if count == 0 {
        return Vec::new();
    }
    if T::PLAIN {
        // SAFETY: the block is of `cabi_realloc`, which allocates as `Vec` does: for `count` elements, with their alignment.
        return unsafe { Vec::from_raw_parts(elements.cast(), count, count) };
    }
    let size = T::SHAPE.size();
    let mut list = Vec::with_capacity(count);
    for i in 0..count {
        // SAFETY: the block holds `count` elements, one behind another.
        list.push(unsafe { T::load(elements.wrapping_add(i * size)) });
    }
    // SAFETY: the block was allocated for them, and each was taken out.
    unsafe { free(elements, size * count, T::SHAPE.align()) };
    list
}

impl<T: Described> Described for Option<T> {
    const SHAPE: &'static Shape = &Shape::Option(T::SHAPE);
}

impl<T: Lower> Lower for Option<T> {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        let end = slots.begin_case(Self::SHAPE, u32::from(self.is_some()));
        if let Some(value) = self {
            value.lower(slots, arena);
        }
        slots.end_case(end);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        // SAFETY: the caller's promise.
        let payload = unsafe { store_case(at, Self::SHAPE, u32::from(self.is_some())) };
        if let Some(value) = self {
            // SAFETY: the same.
            unsafe { value.store(payload, arena) }
        }
    }
}

impl<T: Lift> Lift for Option<T> {
    unsafe fn lift(slots: &mut Slots) -> Option<T> {
        let (case, end) = slots.take_case(Self::SHAPE);
        let value = match case {
            0 => None,
            // SAFETY: the caller's promise.
            1 => Some(unsafe { T::lift(slots) }),
            _ => invalid(),
        };
        slots.end_case(end);
        value
    }
    unsafe fn load(at: *const u8) -> Option<T> {
        // SAFETY: the caller's promise.
        let (case, payload) = unsafe { load_case(at, Self::SHAPE) };
        match case {
            0 => None,
            // SAFETY: the same.
            1 => Some(unsafe { T::load(payload) }),
            _ => invalid(),
        }
    }
}

impl<T: Described, E: Described> Described for Result<T, E> {
    const SHAPE: &'static Shape = &Shape::Result(T::SHAPE, E::SHAPE);
}

impl<T: Lower, E: Lower> Lower for Result<T, E> {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        let end = slots.begin_case(Self::SHAPE, u32::from(self.is_err()));
        match self {
            Ok(value) => value.lower(slots, arena),
            Err(value) => value.lower(slots, arena),
        }
        slots.end_case(end);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        // SAFETY: the caller's promise.
        unsafe {
            let payload = store_case(at, Self::SHAPE, u32::from(self.is_err()));
            match self {
                Ok(value) => value.store(payload, arena),
                Err(value) => value.store(payload, arena),
            }
        }
    }
}

impl<T: Lift, E: Lift> Lift for Result<T, E> {
    unsafe fn lift(slots: &mut Slots) -> Result<T, E> {
        let (case, end) = slots.take_case(Self::SHAPE);
        // SAFETY: the caller's promise.
        let value = unsafe {
            match case {
                0 => Ok(T::lift(slots)),
                1 => Err(E::lift(slots)),
                _ => invalid(),
            }
        };
        slots.end_case(end);
        value
    }
    unsafe fn load(at: *const u8) -> Result<T, E> {
        // SAFETY: the caller's promise.
        unsafe {
            let (case, payload) = load_case(at, Self::SHAPE);
            match case {
                0 => Ok(T::load(payload)),
                1 => Err(E::load(payload)),
                _ => invalid(),
            }
        }
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => { $(
        #[allow(non_snake_case)]
        impl<$($name: Described),+> Described for ($($name,)+) {
            const SHAPE: &'static Shape = &Shape::Tuple(&[$($name::SHAPE),+]);
        }

        #[allow(non_snake_case)]
        impl<$($name: Lower),+> Lower for ($($name,)+) {
            fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
                let ($($name,)+) = self;
                $($name.lower(slots, arena);)+
            }
            unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
                let ($($name,)+) = self;
                let mut fields = Fields::new(at);
                // SAFETY: the caller's promise: each is the next one.
                unsafe { $(fields.store($name, arena);)+ }
            }
        }

        #[allow(non_snake_case)]
        impl<$($name: Lift),+> Lift for ($($name,)+) {
            unsafe fn lift(slots: &mut Slots) -> Self {
                // SAFETY: the caller's promise: each is the next one.
                unsafe { ($($name::lift(slots),)+) }
            }
            unsafe fn load(at: *const u8) -> Self {
                let mut fields = Fields::new(at.cast_mut());
                // SAFETY: the caller's promise: each is the next one.
                unsafe { ($(fields.load::<$name>(),)+) }
            }
        }
    )* };
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
