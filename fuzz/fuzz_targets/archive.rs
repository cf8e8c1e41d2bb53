#![no_main]

use std::sync::Once;

static ONCE: Once = Once::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // libFuzzer's own hook ends the process even where a panic is caught, as it is here.
    ONCE.call_once(|| drop(std::panic::take_hook()));
    ntsb_fuzz::archive(data);
});
