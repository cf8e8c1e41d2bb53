//! Opens libxgboost when training first needs it.
//!
//! A linked library would be loaded with the extension: every new connection would wait about 10 ms for a
//! library that only training uses. The crate `xgb` calls the functions below, which forward each call to
//! the function of the same name in the library.

use super::error::ModelsError;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;

/// File names of version 1.7 or later: Debian's with its ABI version, 0 up to version 3.0 and 3 after it, and
/// that of other builds.
const NAMES: [&CStr; 3] = [c"libxgboost.so.0", c"libxgboost.so.3", c"libxgboost.so"];

struct Library(*mut c_void);

// SAFETY: the handle is only passed to dlsym, which any thread may call.
unsafe impl Send for Library {}
// SAFETY: as for Send.
unsafe impl Sync for Library {}

static LIBRARY: OnceLock<Library> = OnceLock::new();

pub fn open() -> Result<(), ModelsError> {
    if LIBRARY.get().is_some() {
        return Ok(());
    }
    let handle = NAMES.into_iter().find_map(open_library);
    let handle = handle.ok_or_else(|| ModelsError::NoLibrary(last_error()))?;
    let _ = LIBRARY.set(Library(handle));
    Ok(())
}

/// RTLD_DEEPBIND makes the library prefer its own symbols to the functions of the same names below.
fn open_library(name: &CStr) -> Option<*mut c_void> {
    let flags = libc::RTLD_NOW | libc::RTLD_LOCAL | libc::RTLD_DEEPBIND;
    // SAFETY: the constructors of the library only register its own components.
    let handle = unsafe { libc::dlopen(name.as_ptr(), flags) };
    (!handle.is_null()).then_some(handle)
}

fn last_error() -> String {
    // SAFETY: dlerror returns null or a C string that is valid until this thread's next call.
    let message = unsafe {
        let message = libc::dlerror();
        if message.is_null() { c"" } else { CStr::from_ptr(message) }
    };
    message.to_string_lossy().into_owned()
}

/// Finds a function of the library or of its dependencies; null if there is none.
fn find_symbol(name: &CStr) -> *mut c_void {
    let Some(library) = LIBRARY.get() else { return std::ptr::null_mut() };
    // SAFETY: the handle is never closed.
    unsafe { libc::dlsym(library.0, name.as_ptr()) }
}

const NOT_OPEN: &CStr = c"libxgboost is not open, or a function is missing in it";

/// Defines functions that call those of the same name in the library. They return -1, the library's error
/// code, if it is not open.
macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => { $(
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)] // its name is the library's
        unsafe extern "C" fn $name($($argument: $kind),*) -> c_int {
            let name = concat!(stringify!($name), "\0").as_bytes();
            let Ok(name) = CStr::from_bytes_with_nul(name) else { return -1 };
            let function = find_symbol(name);
            if function.is_null() {
                return -1;
            }
            // SAFETY: the library declares this function with this signature.
            let call: unsafe extern "C" fn($($kind),*) -> c_int = unsafe { std::mem::transmute(function) };
            // SAFETY: the arguments are those that the crate `xgb` passed.
            unsafe { call($($argument),*) }
        }
    )* };
}

type Any = *mut c_void;

forward! {
    XGBoosterCreate(matrices: Any, count: u64, out: Any);
    XGBoosterFree(booster: Any);
    XGBoosterPredict(booster: Any, matrix: Any, what: c_int, trees: c_uint, training: c_int, length: Any, out: Any);
    XGBoosterSaveModelToBuffer(booster: Any, how: Any, length: Any, out: Any);
    XGBoosterSetParam(booster: Any, name: Any, value: Any);
    XGBoosterSlice(booster: Any, begin: c_int, end: c_int, step: c_int, out: Any);
    XGBoosterUpdateOneIter(booster: Any, round: c_int, matrix: Any);
    XGDMatrixCreateFromMat(values: Any, rows: u64, columns: u64, missing: f32, out: Any);
    XGDMatrixFree(matrix: Any);
    XGDMatrixNumCol(matrix: Any, out: Any);
    XGDMatrixNumRow(matrix: Any, out: Any);
    XGDMatrixSetFloatInfo(matrix: Any, name: Any, values: Any, length: u64);
}

/// Defines functions that `xgb` references but that are never called. PostgreSQL resolves all symbols when it
/// loads an extension, so they must exist.
macro_rules! unused {
    ($($name:ident),* $(,)?) => { $(
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)] // its name is the library's
        extern "C" fn $name() -> c_int {
            -1
        }
    )* };
}

unused!(
    // `ntsb_models` parses models. The library does not validate its input, so it never gets a file.
    XGBoosterLoadModelFromBuffer,
    XGBoosterBoostOneIter,
    XGBoosterDumpModelEx,
    XGBoosterEvalOneIter,
    XGBoosterGetAttr,
    XGBoosterGetAttrNames,
    XGBoosterGetStrFeatureInfo,
    XGBoosterPredictFromDMatrix,
    XGBoosterSetAttr,
    XGBoosterSetStrFeatureInfo,
    XGDMatrixCreateFromCSC,
    XGDMatrixCreateFromCSR,
    XGDMatrixGetFloatInfo,
    XGDMatrixGetStrFeatureInfo,
    XGDMatrixGetUIntInfo,
    XGDMatrixSetStrFeatureInfo,
    XGDMatrixSetUIntInfo,
    XGDMatrixSliceDMatrix,
);

#[unsafe(no_mangle)]
#[allow(non_snake_case)] // its name is the library's
extern "C" fn XGBGetLastError() -> *const c_char {
    let function = find_symbol(c"XGBGetLastError");
    if function.is_null() {
        return NOT_OPEN.as_ptr();
    }
    // SAFETY: the library declares this function with this signature.
    let call: extern "C" fn() -> *const c_char = unsafe { std::mem::transmute(function) };
    call()
}

/// Sets how many threads libgomp, on which the library depends, may start from this thread.
pub fn set_threads(threads: u32) {
    let function = find_symbol(c"omp_set_num_threads");
    if !function.is_null() {
        // SAFETY: libgomp declares this function with this signature. It only sets a number for this thread.
        let call: extern "C" fn(c_int) = unsafe { std::mem::transmute(function) };
        call(threads as c_int);
    }
}
