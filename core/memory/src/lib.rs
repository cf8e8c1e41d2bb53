//! A global allocator that calls a handler when memory is exhausted. Without it, Rust aborts the process
//! with no message of ours.

#![warn(missing_docs)]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system allocator with a handler for exhausted memory. The handler should report the error and
/// end the process, and must not allocate. If it returns, Rust aborts the process.
pub struct ReportingAllocator(pub fn());

impl ReportingAllocator {
    #[inline]
    fn report_if_null(&self, block: *mut u8) -> *mut u8 {
        if block.is_null() {
            (self.0)();
        }
        block
    }
}

// SAFETY: every call is forwarded to the system allocator, and its result is returned unchanged.
unsafe impl GlobalAlloc for ReportingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of GlobalAlloc.
        self.report_if_null(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of GlobalAlloc.
        self.report_if_null(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of GlobalAlloc.
        self.report_if_null(unsafe { System.realloc(block, layout, size) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of GlobalAlloc.
        unsafe { System.dealloc(block, layout) }
    }
}
