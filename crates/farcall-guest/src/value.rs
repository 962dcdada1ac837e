//! What a type needs to travel: its WIT, how it becomes core values or memory, and how it comes back.
//!
//! `#[derive(Value)]` writes these for structs and enums; nobody else needs to call them.

use crate::memory::{Arena, Slots};
use crate::shape::Shape;

/// A type with a WIT type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no WIT type",
    label = "cannot be a parameter, a result, a field or a case of a remote call",
    note = "supported: bool, char, i8 to i64, u8 to u64, f32, f64, String, Vec<T>, Option<T>, Result<T, E>, tuples of up to 12, \
            and structs and enums with #[derive(farcall_guest::Value)]; &str, &[T] and &T as parameters",
    note = "for usize and isize, which differ from one machine to the next, take u32 or u64"
)]
pub trait Described {
    /// Its WIT type.
    const SHAPE: &'static Shape;
    /// Rust keeps it in memory as the canonical ABI does, and every bit pattern is a value: lists of it need no copy.
    const PLAIN: bool = false;
}

/// A type whose values can be sent.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be sent", label = "no WIT type")]
pub trait Lower: Described {
    /// As core values. What they point at lives as long as `self` and `arena`.
    fn lower(&self, slots: &mut Slots, arena: &mut Arena);

    /// Into memory.
    ///
    /// # Safety
    ///
    /// `at` is aligned and has room, as `SHAPE` says.
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena);
}

/// A type whose values can be received.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received",
    label = "a received value is owned",
    note = "take String for &str and Vec<T> for &[T]"
)]
pub trait Lift: Described + Sized {
    /// From core values.
    ///
    /// # Safety
    ///
    /// They are of a value of this type, and what they point at was allocated for it by `cabi_realloc`: it is owned now.
    unsafe fn lift(slots: &mut Slots) -> Self;

    /// From memory; the place itself stays the caller's.
    ///
    /// # Safety
    ///
    /// As of [`Lift::lift`], for the value at `at`.
    unsafe fn load(at: *const u8) -> Self;
}

/// Ends this call where a value is no value of its type: only a host that breaks the canonical ABI gets here.
#[cold]
pub fn invalid() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("a value that its type does not have")
}

macro_rules! numbers {
    ($($ty:ty, $shape:ident, |$value:ident| $into:expr, |$bits:ident| $from:expr;)*) => { $(
        impl Described for $ty {
            const SHAPE: &'static Shape = &Shape::$shape;
            const PLAIN: bool = true;
        }

        impl Lower for $ty {
            fn lower(&self, slots: &mut Slots, _: &mut Arena) {
                let $value = *self;
                slots.push($into);
            }
            unsafe fn store(&self, at: *mut u8, _: &mut Arena) {
                // SAFETY: the caller has room and alignment for this very type.
                unsafe { at.cast::<$ty>().write(*self) }
            }
        }

        impl Lift for $ty {
            unsafe fn lift(slots: &mut Slots) -> $ty {
                let $bits = slots.take();
                $from
            }
            unsafe fn load(at: *const u8) -> $ty {
                // SAFETY: the caller has a value of this type there, and any bits are one.
                unsafe { at.cast::<$ty>().read() }
            }
        }
    )* };
}

// A signed number fills the 32 bits of its core value with its sign.
numbers! {
    u8, U8, |value| u64::from(value), |bits| bits as u8;
    i8, S8, |value| u64::from(i32::from(value).cast_unsigned()), |bits| bits as i8;
    u16, U16, |value| u64::from(value), |bits| bits as u16;
    i16, S16, |value| u64::from(i32::from(value).cast_unsigned()), |bits| bits as i16;
    u32, U32, |value| u64::from(value), |bits| bits as u32;
    i32, S32, |value| u64::from(value.cast_unsigned()), |bits| bits as i32;
    u64, U64, |value| value, |bits| bits;
    i64, S64, |value| value.cast_unsigned(), |bits| bits.cast_signed();
    f32, F32, |value| u64::from(value.to_bits()), |bits| f32::from_bits(bits as u32);
    f64, F64, |value| value.to_bits(), |bits| f64::from_bits(bits);
}

macro_rules! checked {
    ($($ty:ty, $shape:ident, $small:ty, |$value:ident| $into:expr, |$bits:ident| $from:expr;)*) => { $(
        impl Described for $ty {
            const SHAPE: &'static Shape = &Shape::$shape;
        }

        impl Lower for $ty {
            fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
                let $value = *self;
                Lower::lower(&$into, slots, arena);
            }
            unsafe fn store(&self, at: *mut u8, _: &mut Arena) {
                let $value = *self;
                // SAFETY: the caller has room and alignment, which are those of the number.
                unsafe { at.cast::<$small>().write($into) }
            }
        }

        impl Lift for $ty {
            unsafe fn lift(slots: &mut Slots) -> $ty {
                let $bits = slots.take() as $small;
                $from
            }
            unsafe fn load(at: *const u8) -> $ty {
                // SAFETY: the caller has a value there, which is such a number.
                let $bits = unsafe { at.cast::<$small>().read() };
                $from
            }
        }
    )* };
}

checked! {
    bool, Bool, u8, |value| u8::from(value), |bits| bits != 0;
    char, Char, u32, |value| u32::from(value), |bits| char::from_u32(bits).unwrap_or_else(|| invalid());
}

impl Described for () {
    const SHAPE: &'static Shape = &Shape::Unit;
}

impl Lower for () {
    fn lower(&self, _: &mut Slots, _: &mut Arena) {}
    unsafe fn store(&self, _: *mut u8, _: &mut Arena) {}
}

impl Lift for () {
    unsafe fn lift(_: &mut Slots) {}
    unsafe fn load(_: *const u8) {}
}

impl<T: Described + ?Sized> Described for &T {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl<T: Lower + ?Sized> Lower for &T {
    fn lower(&self, slots: &mut Slots, arena: &mut Arena) {
        (**self).lower(slots, arena);
    }
    unsafe fn store(&self, at: *mut u8, arena: &mut Arena) {
        // SAFETY: the caller's promise is passed on.
        unsafe { (**self).store(at, arena) }
    }
}
