//! Keeps pgrx's section of SQL items, which the linker would remove as unused.

fn main() {
    println!("cargo:rustc-cdylib-link-arg=-Wl,--no-gc-sections");
    println!("cargo:rerun-if-changed=build.rs");
}
