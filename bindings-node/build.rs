//! Lets Node.js supply the symbols of its interface on platforms where the linker asks for them.

fn main() {
    napi_build::setup();
}
