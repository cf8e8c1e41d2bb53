//! libxgboost, opened when a training first needs it.
//!
//! A library that an extension is linked to is loaded with the extension: each new connection that asks
//! for anything would wait some ten milliseconds for one that only trainings use. The crate `xgb` calls
//! the functions below, each of which calls the one of the same name in the library.

use super::error::Error;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;

/// Of version 1.7 or later: with and without the number of its interface.
const NAMES: [&CStr; 2] = [c"libxgboost.so.0", c"libxgboost.so"];

struct Library(*mut c_void);

// SAFETY: the handle is only ever read; dlsym may be called by any thread.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// Opens the library, or says why it cannot be opened.
pub fn open() -> Result<(), Error> {
    if LIBRARY.get().is_some() {
        return Ok(());
    }
    let handle = NAMES.into_iter().find_map(opened).ok_or_else(|| Error::NoLibrary(refusal()))?;
    let _ = LIBRARY.set(Library(handle));
    Ok(())
}

/// By its own symbols before others': the functions below have the same names.
fn opened(name: &CStr) -> Option<*mut c_void> {
    let how = libc::RTLD_NOW | libc::RTLD_LOCAL | libc::RTLD_DEEPBIND;
    // SAFETY: runs what the library does when it is loaded, which is to register its own parts.
    let handle = unsafe { libc::dlopen(name.as_ptr(), how) };
    (!handle.is_null()).then_some(handle)
}

fn refusal() -> String {
    // SAFETY: the text is the loader's, until the next call of this thread.
    let said = unsafe {
        let said = libc::dlerror();
        if said.is_null() { c"" } else { CStr::from_ptr(said) }
    };
    said.to_string_lossy().into_owned()
}

/// A function of the library, or of what it stands on; null where there is none.
fn symbol(name: &CStr) -> *mut c_void {
    let Some(library) = LIBRARY.get() else { return std::ptr::null_mut() };
    // SAFETY: the handle is never closed.
    unsafe { libc::dlsym(library.0, name.as_ptr()) }
}

const NOT_OPEN: &CStr = c"libxgboost was not opened, or lacks a function";

/// Functions of the same name, which fail as the library would while it is not open.
macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => { $(
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)] // its name is the library's
        unsafe extern "C" fn $name($($argument: $kind),*) -> c_int {
            let name = concat!(stringify!($name), "\0").as_bytes();
            let Ok(name) = CStr::from_bytes_with_nul(name) else { return -1 };
            let found = symbol(name);
            if found.is_null() {
                return -1;
            }
            // SAFETY: the library declares the function of this name so.
            let call: unsafe extern "C" fn($($kind),*) -> c_int = unsafe { std::mem::transmute(found) };
            // SAFETY: what is passed on is what the crate passed.
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

/// What the crate can ask for and nothing here does: PostgreSQL resolves all symbols of an extension when
/// it loads it, so that they must stand somewhere.
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
    // Models are read by the core: no file reaches the library, which trusts what it reads.
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
    let found = symbol(c"XGBGetLastError");
    if found.is_null() {
        return NOT_OPEN.as_ptr();
    }
    // SAFETY: the library declares it so.
    let call: extern "C" fn() -> *const c_char = unsafe { std::mem::transmute(found) };
    call()
}

/// How many threads the library may start from this one, by libgomp, on which it stands.
pub fn set_threads(threads: u32) {
    let found = symbol(c"omp_set_num_threads");
    if !found.is_null() {
        // SAFETY: libgomp declares it so; it sets a number that it keeps for this thread.
        let call: extern "C" fn(c_int) = unsafe { std::mem::transmute(found) };
        call(threads as c_int);
    }
}
