#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ntsb_fuzz::fuzz_metar(data));
