//! What generated functions share: parameters and results on their way in and out.
//!
//! The core functions themselves are written by the macro.

use alloc::boxed::Box;

use crate::function::{Function, Signature};
use crate::memory::{Arena, Fields, Slots, free};
use crate::value::{Lift, Lower};

/// The parameters of an outbound call, on their way out.
pub struct Outgoing {
    slots: Slots,
    arena: Arena,
    fields: Option<Fields>,
}

impl Outgoing {
    /// None yet.
    #[inline]
    pub fn new(function: &Function, signature: &Signature) -> Outgoing {
        let (mut slots, mut arena) = (Slots::new(), Arena::new());
        let fields = signature.params_in_memory.then(|| {
            let block = arena.block(function.params_size(), function.params_align());
            slots.push_address(block);
            Fields::new(block)
        });
        Outgoing { slots, arena, fields }
    }

    /// The next one. It has to live until the call is done.
    ///
    /// # Safety
    ///
    /// It is the function's next parameter.
    #[inline]
    pub unsafe fn push<T: Lower + ?Sized>(&mut self, value: &T) {
        match &mut self.fields {
            // SAFETY: the caller's promise; the block has room for all of them.
            Some(fields) => unsafe { fields.store(value, &mut self.arena) },
            None => value.lower(&mut self.slots, &mut self.arena),
        }
    }

    /// Where the result is to be written, behind the parameters.
    #[inline]
    pub fn push_area<const N: usize>(&mut self, area: &mut Area<N>) {
        self.slots.push_address(area.address());
    }

    /// The core parameters.
    #[inline]
    pub fn bits(&self) -> &[u64; crate::shape::MAX_FLAT_PARAMS + 1] {
        self.slots.bits()
    }
}

/// Room for a result in memory, of `N` times 8 bytes.
#[repr(C)]
pub struct Area<const N: usize>([u64; N]);

impl<const N: usize> Area<N> {
    /// Empty.
    #[inline]
    pub fn new() -> Area<N> {
        Area([0; N])
    }

    fn address(&mut self) -> *mut u8 {
        let address = self.0.as_mut_ptr();
        address.expose_provenance();
        address.cast()
    }

    /// The result of an outbound call.
    ///
    /// # Safety
    ///
    /// The callee wrote a value of this type here.
    #[inline]
    pub unsafe fn result<R: Lift>(&mut self) -> R {
        // SAFETY: the caller's promise; eight bytes align for every type.
        unsafe { R::load(self.address()) }
    }
}

impl<const N: usize> Default for Area<N> {
    fn default() -> Area<N> {
        Area::new()
    }
}

/// The result of an outbound call that is one core value, or none.
///
/// # Safety
///
/// The callee returned it for a function of this result.
#[inline]
pub unsafe fn lift<R: Lift>(core: u64) -> R {
    let mut slots = Slots::new();
    slots.push(core);
    // SAFETY: the caller's promise.
    unsafe { R::lift(&mut Slots::of(*slots.bits())) }
}

/// The parameters of an inbound call, on their way in.
pub struct Incoming {
    slots: Slots,
    /// The parameters in memory, with their block's size and alignment.
    fields: Option<(Fields, *mut u8, usize, usize)>,
}

impl Incoming {
    /// Those of a call.
    #[inline]
    pub fn new(function: &Function, signature: &Signature, bits: [u64; crate::shape::MAX_FLAT_PARAMS + 1]) -> Incoming {
        let mut slots = Slots::of(bits);
        let fields = signature.params_in_memory.then(|| {
            let block = slots.take_address();
            let (size, align) = (function.params_size(), function.params_align());
            (Fields::new(block), block, size, align)
        });
        Incoming { slots, fields }
    }

    /// The next one.
    ///
    /// # Safety
    ///
    /// It is the function's next parameter, and a host passed it by the canonical ABI.
    #[inline]
    pub unsafe fn take<T: Lift>(&mut self) -> T {
        match &mut self.fields {
            // SAFETY: the caller's promise.
            Some((fields, ..)) => unsafe { fields.load() },
            // SAFETY: the same.
            None => unsafe { T::lift(&mut self.slots) },
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some((_, block, size, align)) = self.fields {
            // SAFETY: the host allocated it for the parameters, and this call owns it.
            unsafe { free(block, size, align) }
        }
    }
}

/// A result in memory, with what it points at, until the host has read it.
#[repr(C)]
struct Returned<R, const N: usize> {
    area: Area<N>,
    value: R,
    arena: Arena,
}

/// The core result of an inbound call whose result is one core value, or none.
#[inline]
pub fn result<R: Lower>(value: &R) -> u64 {
    let (mut slots, mut arena) = (Slots::new(), Arena::new());
    value.lower(&mut slots, &mut arena);
    slots.bits()[0]
}

/// The core result of an inbound call whose result is in memory: where it is. [`release`] frees it.
#[inline]
pub fn result_in_memory<R: Lower + 'static, const N: usize>(value: R) -> u64 {
    let (area, arena) = (Area::new(), Arena::new());
    let mut returned = Box::new(Returned::<R, N> { area, value, arena });
    let address = returned.area.address();
    // SAFETY: an area has room for the function's result, and its eight bytes align for every type.
    unsafe { returned.value.store(address, &mut returned.arena) }
    // The area stands first.
    let address = Box::into_raw(returned);
    address.expose_provenance() as u64
}

/// Frees a result in memory.
///
/// # Safety
///
/// `bits` came from [`result_in_memory`] for this very type, and the host has read it.
#[inline]
pub unsafe fn release<R: Lower + 'static, const N: usize>(bits: u64) {
    let returned = core::ptr::with_exposed_provenance_mut::<Returned<R, N>>(bits as usize);
    // SAFETY: the caller's promise.
    drop(unsafe { Box::from_raw(returned) });
}
