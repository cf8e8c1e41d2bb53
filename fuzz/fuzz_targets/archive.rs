#![no_main]

use std::sync::Once;

static ONCE: Once = Once::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The panic hook of libFuzzer ends the process even if the panic is caught, as the reader does.
    ONCE.call_once(|| drop(std::panic::take_hook()));
    ntsb_fuzz::fuzz_archive(data);
});
