//! What a program does that gets no memory, where Rust itself would abort without a word.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator. Where it has no memory, `0` is called, which ends the program in its own
/// way; it may not ask for memory. If it returns, what follows is Rust's own end.
pub struct OrElse(pub fn());

impl OrElse {
    #[inline]
    fn given(&self, block: *mut u8) -> *mut u8 {
        if block.is_null() {
            (self.0)();
        }
        block
    }
}

// SAFETY: each call goes to the system's allocator, and its answer is passed on as it is.
unsafe impl GlobalAlloc for OrElse {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.given(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.given(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.given(unsafe { System.realloc(block, layout, size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}
