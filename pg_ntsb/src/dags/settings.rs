//! Settings of the session while it runs tasks.

use pgrx::pg_sys;
use std::ffi::{CStr, CString};

/// The settings that commands and the tables of pipelines depend on.
const NAMES: [&CStr; 3] = [c"search_path", c"lock_timeout", c"default_transaction_isolation"];

/// The values that the session had before.
pub struct Settings([CString; 3]);

impl Settings {
    /// Reads the present values.
    pub fn read() -> Settings {
        Settings(NAMES.map(|name| {
            // SAFETY: the name is NUL-terminated. PostgreSQL returns a string that lives until the setting changes.
            unsafe {
                let value = pg_sys::GetConfigOption(name.as_ptr(), false, false);
                if value.is_null() { CString::default() } else { CStr::from_ptr(value).to_owned() }
            }
        }))
    }

    /// Sets the values for tasks, up to the end of the session or [`Settings::restore`]. `schema` is that of the
    /// extension's functions, quoted.
    pub fn apply(schema: &str, lock_timeout_ms: i32) {
        let path = CString::new(format!("pg_catalog, {schema}, pg_temp")).unwrap_or_default();
        let lock_timeout = CString::new(lock_timeout_ms.to_string()).unwrap_or_default();
        for (name, value) in NAMES.iter().zip([&path, &lock_timeout, &c"read committed".to_owned()])
        {
            set(name, value);
        }
    }

    pub fn restore(&self) {
        for (name, value) in NAMES.iter().zip(&self.0) {
            set(name, value);
        }
    }
}

pub fn set_lock_timeout(milliseconds: i32) {
    set(c"lock_timeout", &CString::new(milliseconds.to_string()).unwrap_or_default());
}

/// As SET does.
fn set(name: &CStr, value: &CStr) {
    // SAFETY: both strings are NUL-terminated. Errors unwind.
    unsafe {
        pg_sys::set_config_option(
            name.as_ptr(),
            value.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SET,
            true,
            0,
            false,
        );
    }
}
