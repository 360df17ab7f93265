fn main() {
    // Only the binding needs linker flags (undefined Node-API symbols on macOS).
    #[cfg(feature = "node")]
    napi_build::setup();
}
