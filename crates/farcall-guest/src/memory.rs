//! Where values lie on their way: core values in slots, blocks of memory, and the fields of a place in memory.
//!
//! Knows no type but by its shape.

use alloc::alloc::{alloc, dealloc, handle_alloc_error, realloc};
use alloc::vec::Vec;
use core::alloc::Layout;

use crate::shape::{MAX_FLAT_PARAMS, Shape, aligned};
use crate::value::{Lift, Lower, invalid};

/// Core values, in order.
#[derive(Debug)]
pub struct Slots {
    bits: [u64; MAX_FLAT_PARAMS + 1],
    at: usize,
}

impl Slots {
    /// None yet.
    #[inline]
    pub fn new() -> Slots {
        Slots::of([0; MAX_FLAT_PARAMS + 1])
    }

    /// Those that came.
    #[inline]
    pub fn of(bits: [u64; MAX_FLAT_PARAMS + 1]) -> Slots {
        Slots { bits, at: 0 }
    }

    /// All of them, zero behind the last.
    #[inline]
    pub fn bits(&self) -> &[u64; MAX_FLAT_PARAMS + 1] {
        &self.bits
    }

    /// One more.
    #[inline]
    pub fn push(&mut self, bits: u64) {
        self.bits[self.at] = bits;
        self.at += 1;
    }

    /// One more, an address.
    #[inline]
    pub fn push_address(&mut self, address: *const u8) {
        self.push(address.addr() as u64);
    }

    /// The next one.
    #[inline]
    pub fn take(&mut self) -> u64 {
        self.at += 1;
        self.bits[self.at - 1]
    }

    /// The next one, an address.
    #[inline]
    pub fn take_address(&mut self) -> *mut u8 {
        address(self.take())
    }

    /// Writes a variant's case, and tells where its slots end: see [`Slots::end_case`].
    #[inline]
    pub fn begin_case(&mut self, shape: &Shape, case: u32) -> usize {
        let end = self.at + shape.flat_count();
        self.push(u64::from(case));
        end
    }

    /// Reads a variant's case, and tells where its slots end.
    #[inline]
    pub fn take_case(&mut self, shape: &Shape) -> (u32, usize) {
        let end = self.at + shape.flat_count();
        (self.take() as u32, end)
    }

    /// Goes on behind a variant, whose case may have needed fewer slots than another would: the rest stay zero.
    #[inline]
    pub fn end_case(&mut self, end: usize) {
        self.at = end;
    }
}

impl Default for Slots {
    fn default() -> Slots {
        Slots::new()
    }
}

/// The address that a core value is.
#[inline]
pub fn address(bits: u64) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut(bits as usize)
}

/// Blocks of memory that lowered values point at. They are freed with it.
#[derive(Debug, Default)]
pub struct Arena {
    blocks: Vec<(*mut u8, Layout)>,
}

impl Arena {
    /// None yet.
    #[inline]
    pub fn new() -> Arena {
        Arena::default()
    }

    /// A new block; for a size of 0 an address that nothing may be written to.
    pub fn block(&mut self, size: usize, align: usize) -> *mut u8 {
        let Ok(layout) = Layout::from_size_align(size, align) else {
            invalid()
        };
        let block = allocate(layout);
        if size != 0 {
            self.blocks.push((block, layout));
        }
        block
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        for (block, layout) in self.blocks.drain(..) {
            // SAFETY: `block` allocated it with this layout, and gave it to nobody who frees.
            unsafe { dealloc(block, layout) }
        }
    }
}

fn allocate(layout: Layout) -> *mut u8 {
    if layout.size() == 0 {
        return core::ptr::without_provenance_mut(layout.align());
    }
    // SAFETY: the size is not 0.
    let block = unsafe { alloc(layout) };
    if block.is_null() {
        handle_alloc_error(layout);
    }
    block.expose_provenance();
    block
}

/// The canonical ABI's `cabi_realloc`: how a host puts values into this memory. What it gives belongs to who lifts.
///
/// # Safety
///
/// `old` is null, or was given by this function for `old_size` and `align`.
pub unsafe fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    let (Ok(old_layout), Ok(new_layout)) = (
        Layout::from_size_align(old_size, align),
        Layout::from_size_align(new_size, align),
    ) else {
        invalid()
    };
    if old_size == 0 {
        return allocate(new_layout);
    }
    if new_size == 0 {
        // SAFETY: the caller's promise; a size of 0 has no block.
        unsafe { dealloc(old, old_layout) };
        return allocate(new_layout);
    }
    // SAFETY: the caller's promise; neither size is 0, and the new one was checked above.
    let block = unsafe { realloc(old, old_layout, new_size) };
    if block.is_null() {
        handle_alloc_error(new_layout);
    }
    block.expose_provenance();
    block
}

/// Frees what `cabi_realloc` gave.
///
/// # Safety
///
/// `block` was given for this size and alignment, and nobody uses it any more.
pub unsafe fn free(block: *mut u8, size: usize, align: usize) {
    let Ok(layout) = Layout::from_size_align(size, align) else {
        invalid()
    };
    if size != 0 {
        // SAFETY: the caller's promise.
        unsafe { dealloc(block, layout) }
    }
}

/// The fields of a record, of a tuple or of parameters in memory, one after another.
#[derive(Debug)]
pub struct Fields {
    base: *mut u8,
    offset: usize,
}

impl Fields {
    /// Those at `base`.
    #[inline]
    pub fn new(base: *mut u8) -> Fields {
        Fields { base, offset: 0 }
    }

    /// Writes the next one.
    ///
    /// # Safety
    ///
    /// It is the next one of a record that there is room for.
    #[inline]
    pub unsafe fn store<T: Lower + ?Sized>(&mut self, value: &T, arena: &mut Arena) {
        let at = self.next(T::SHAPE);
        // SAFETY: the caller's promise; `next` aligns.
        unsafe { value.store(at, arena) }
    }

    /// Reads the next one.
    ///
    /// # Safety
    ///
    /// It is the next one of a record that is there.
    #[inline]
    pub unsafe fn load<T: Lift>(&mut self) -> T {
        let at = self.next(T::SHAPE);
        // SAFETY: the caller's promise; `next` aligns.
        unsafe { T::load(at) }
    }

    fn next(&mut self, shape: &Shape) -> *mut u8 {
        let offset = aligned(self.offset, shape.align());
        self.offset = offset + shape.size();
        self.base.wrapping_add(offset)
    }
}

/// Writes a variant's case number, and tells where its value goes.
///
/// # Safety
///
/// There is room for a value of that shape.
#[inline]
pub unsafe fn store_case(at: *mut u8, shape: &Shape, case: u32) -> *mut u8 {
    // SAFETY: the caller's promise; a case number is aligned as its variant is at least.
    unsafe {
        match shape.case_size() {
            1 => at.write(case as u8),
            2 => at.cast::<u16>().write(case as u16),
            _ => at.cast::<u32>().write(case),
        }
    }
    at.wrapping_add(shape.payload_offset())
}

/// Reads a variant's case number, and tells where its value is.
///
/// # Safety
///
/// A value of that shape is there.
#[inline]
pub unsafe fn load_case(at: *const u8, shape: &Shape) -> (u32, *const u8) {
    // SAFETY: the caller's promise; a case number is aligned as its variant is at least.
    let case = unsafe {
        match shape.case_size() {
            1 => u32::from(at.read()),
            2 => u32::from(at.cast::<u16>().read()),
            _ => at.cast::<u32>().read(),
        }
    };
    (case, at.wrapping_add(shape.payload_offset()))
}
